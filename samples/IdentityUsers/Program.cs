using IdentityUsers;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

var builder = WebApplication.CreateBuilder(args);

// What this application had before: its own users, roles and database.
builder.Services.AddDbContext<ShopContext>(o => o.UseSqlite(builder.Configuration.GetConnectionString("Shop")));
builder.Services.AddIdentityCore<IdentityUser>().AddRoles<IdentityRole>().AddEntityFrameworkStores<ShopContext>().AddSignInManager();
builder.Services.AddScoped<IClaimsTransformation, ShopClaims>();
builder.Services.AddRazorPages(o => o.Conventions.AuthorizeFolder("/").AllowAnonymousToPage("/SignIn").AllowAnonymousToPage("/SignedOut"));

// What Accounts adds: the sessions, the gate, and the push to open pages.
builder.Services.AddAccounts(builder.Configuration.GetSection("Accounts"));
builder.Services.AddAuthentication().AddAccountsSession(o => (o.SignInPath, o.SignedOutPath) = ("/SignIn", "/SignedOut"));
builder.Services.AddServerSideBlazor().AddAccountsGate();

var app = builder.Build();
await ShopContext.SeedAsync(app.Services);
app.UseAccounts();
app.MapStaticAssets();
app.MapAccountsEndpoints();
app.MapBlazorHub();
app.MapRazorPages();
app.Run();
