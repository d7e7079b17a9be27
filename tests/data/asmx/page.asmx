<%@ WebService Language="C#" Class="Page" %>
using System.Web.Services;

[WebService(Namespace="http://www.microsoft.com/SoftwareDistribution")]
public class Page : WebService {
    [WebMethod]
    public string Nothing() {
        return "";
    }
}
