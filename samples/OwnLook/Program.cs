using OwnLook.Components;

var builder = WebApplication.CreateBuilder(args);
builder.Services.AddAccounts(builder.Configuration.GetSection("Accounts"));
builder.Services.AddAuthentication().AddAccountsSession(o => (o.SignInPath, o.SignedOutPath) = ("/welcome", "/bye"));
builder.Services.AddRazorComponents().AddInteractiveServerComponents().AddAccountsGate();

var app = builder.Build();
app.UseAccounts();
app.UseAntiforgery();
app.MapStaticAssets();
app.MapAccountsEndpoints();
app.MapRazorComponents<App>().AddInteractiveServerRenderMode().RequireAuthorization();
app.Run();
