<%@ WebService Language="C#" Class="Client" %>
using System;
using System.Web.Services;

public class AuthPlugInInfo {
    public string PlugInID;
    public string ServiceUrl;
    public string Parameter;
}

public class ConfigurationProperty {
    public string Name;
    public string Value;

    public ConfigurationProperty() {}

    public ConfigurationProperty(string name, string value) {
        Name = name;
        Value = value;
    }
}

public class Config {
    public DateTime LastChange;
    public bool IsRegistrationRequired;
    public AuthPlugInInfo[] AuthInfo;
    public int[] AllowedEventIds;
    public ConfigurationProperty[] Properties;
}

[WebService(Namespace="http://www.microsoft.com/SoftwareDistribution/Server/ClientWebService")]
public class Client : WebService {
    [WebMethod]
    public Config GetConfig(string protocolVersion) {
        return new Config {
            LastChange = new DateTime(2026, 10, 17, 4, 20, 31, DateTimeKind.Utc),
            IsRegistrationRequired = true,
            AuthInfo = new AuthPlugInInfo[] {
                new AuthPlugInInfo {
                    PlugInID = "SimpleTargeting",
                    ServiceUrl = "SimpleAuthWebService/SimpleAuth.asmx",
                },
            },
            Properties = new ConfigurationProperty[] {
                new ConfigurationProperty("MaxExtendedUpdatesPerRequest", "50"),
                new ConfigurationProperty("PackageServerShare", "\\\\internal-name\\UpdateServicesPackages"),
                new ConfigurationProperty("ProtocolVersion", "3.2"),
                new ConfigurationProperty("IsInventoryRequired", "0"),
                new ConfigurationProperty("ClientReportingLevel", "2"),
            },
        };
    }
}
