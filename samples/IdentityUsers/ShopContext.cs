using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Identity.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore;

namespace IdentityUsers;

/// <summary>The application's own users, in its own database.</summary>
internal sealed class ShopContext(DbContextOptions<ShopContext> options) : IdentityDbContext<IdentityUser>(options)
{
    public const string Email = "ada@example.test";
    public const string Password = "Passw0rd-of-the-shop";
    public const string Role = "Buyer";

    /// <summary>Creates the database with one user.</summary>
    public static async Task SeedAsync(IServiceProvider services)
    {
        await using var scope = services.CreateAsyncScope();
        if (!await scope.ServiceProvider.GetRequiredService<ShopContext>().Database.EnsureCreatedAsync())
            return;

        var user = new IdentityUser(Email) { Email = Email };
        await scope.ServiceProvider.GetRequiredService<RoleManager<IdentityRole>>().CreateAsync(new IdentityRole(Role));
        var users = scope.ServiceProvider.GetRequiredService<UserManager<IdentityUser>>();
        await users.CreateAsync(user, Password);
        await users.AddToRoleAsync(user, Role);
    }
}
