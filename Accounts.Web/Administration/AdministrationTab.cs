namespace Accounts.Web.Administration;

/// <summary>The tabs of administration.</summary>
public enum AdministrationTab
{
    Users,
    System,
}
