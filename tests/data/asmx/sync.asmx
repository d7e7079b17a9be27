<%@ WebService Language="C#" Class="ServerSync" %>
using System;
using System.Web.Services;

public class AuthPlugInInfo {
    public string PlugInID;
    public string ServiceUrl;
    public string Parameter;
}

public class ServerAuthConfig {
    public DateTime LastChange;
    public AuthPlugInInfo[] AuthInfo;
}

[WebService(Namespace="http://www.microsoft.com/SoftwareDistribution")]
public class ServerSync : WebService {
    [WebMethod]
    public ServerAuthConfig GetAuthConfig() {
        return new ServerAuthConfig {
            LastChange = new DateTime(2026, 10, 17, 4, 20, 31, DateTimeKind.Utc),
            AuthInfo = new AuthPlugInInfo[] {
                new AuthPlugInInfo {
                    PlugInID = "DssTargeting",
                    ServiceUrl = "DssAuthWebService/DssAuthWebService.asmx",
                },
            },
        };
    }
}
