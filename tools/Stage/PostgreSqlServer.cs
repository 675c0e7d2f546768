using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace Accounts.Stage;

/// <summary>A private PostgreSQL server. It listens on a local port, keeps its data in a folder of its own and ends with this process.</summary>
/// <remarks>
/// A shell stands between this process and the server. It reads commands from a pipe. When this process ends, even by SIGKILL, the
/// pipe closes: the shell then stops the server and deletes the folder. Durability is left on, as in production.
/// </remarks>
internal sealed class PostgreSqlServer : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(25);

    /// <summary>Runs one server. Its arguments are the programs' folder, the server's folder and the size of a disk to mount, if any.</summary>
    /// <remarks>
    /// PostgreSQL refuses to run as root, so root starts it as the user "postgres". The shell ignores the terminal's signals: only the
    /// pipe ends it. A server that is just starting ignores the signal that stops it, so the shell repeats the signal until the server ends.
    /// Nothing inherits this process's output, because a process that waits for the end of that output would wait for the server.
    /// </remarks>
    private const string Shell = """
        programs=$1 folder=$2 disk=$3 as= server=
        cd "$folder" || exit
        exec 2>>log
        if [ -n "$disk" ]; then
            mkdir disk && mount -t tmpfs -o "size=$disk" tmpfs disk && chown postgres disk || exit
        fi
        trap '' HUP INT TERM
        if [ "$(id -u)" = 0 ]; then
            chown postgres "$folder"
            as='setpriv --reuid=postgres --regid=postgres --clear-groups'
        fi
        initialize() {
            $as "$programs/initdb" -D "$folder/data" -U postgres -A trust -E UTF8 --lc-messages=C --no-sync --no-instructions "$@" </dev/null >&2
        }
        start() {
            $as "$programs/postgres" -D "$folder/data" -c listen_addresses=127.0.0.1 -c "port=$1" -c unix_socket_directories= \
                -c max_connections=200 -c shared_buffers=64MB -c lc_messages=C >&2 &
            server=$!
        }
        stop() {
            [ -n "$server" ] || return
            while kill -s "$1" "$server"; do sleep 0.5; done &
            signals=$!
            wait "$server"
            kill -s KILL "$signals"
            wait
            server=
        }
        initialize --locale=C.UTF-8 || initialize --locale=C || exit
        while read -r command argument; do
            case $command in
                start) start "$argument" ;;
                stop) stop "$argument"; echo stopped ;;
            esac
        done
        stop INT
        [ -z "$disk" ] || umount disk
        cd /
        rm -rf "$folder"
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("accounts-postgresql-").FullName;
    private readonly SemaphoreSlim _templates = new(1);
    private readonly Process _shell;
    private int _port;

    private PostgreSqlServer(string programs, string disk)
    {
        // The disk is mounted for the server alone, and goes with it.
        string[] command = disk.Length == 0 ? ["sh"] : ["unshare", "--mount", "sh"];
        _shell = Process.Start(new ProcessStartInfo(command[0], [.. command[1..], "-c", Shell, "sh", programs, _folder, disk])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
    }

    /// <summary>The server's data, and its log.</summary>
    public string Folder => _folder;

    /// <summary>Where the server sees its small disk.</summary>
    public string Disk => Path.Combine(_folder, "disk");

    /// <summary>Finds the folder of the server's programs: on the path, or the newest that Debian's packages installed.</summary>
    /// <returns>Null if PostgreSQL isn't installed.</returns>
    public static string? FindPrograms() => (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
        .Concat(DebianFolders())
        .FirstOrDefault(folder => File.Exists(Path.Combine(folder, "initdb")) && File.Exists(Path.Combine(folder, "postgres")));

    /// <summary>Starts a server with an empty cluster.</summary>
    /// <param name="programs">What <see cref="FindPrograms"/> returned.</param>
    /// <param name="disk">
    /// The size of a small disk, such as "16m", that the server sees at <see cref="Disk"/>. Only root may mount one. Empty for none.
    /// </param>
    /// <exception cref="InvalidOperationException">The server didn't start. The message has the end of its log.</exception>
    public static async Task<PostgreSqlServer> StartAsync(string programs, string disk = "")
    {
        var server = new PostgreSqlServer(programs, disk);
        try
        {
            // Another process can take the port between the choice and the start.
            for (var attempt = 1; !await server.TryStartAsync(FreePort()); attempt++)
            {
                if (attempt == 5)
                    throw server.Failure("found no free port");
            }

            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Returns a connection string for the superuser "postgres".</summary>
    public string ConnectionString(string database) => new NpgsqlConnectionStringBuilder
    {
        Host = IPAddress.Loopback.ToString(),
        Port = _port,
        Username = "postgres",
        Database = database,
        SslMode = SslMode.Disable,
        GssEncryptionMode = GssEncryptionMode.Disable,
        IncludeErrorDetail = true,
    }.ToString();

    /// <summary>Stops the server and keeps its data. Returns when the server has ended.</summary>
    /// <param name="crash">False disconnects all clients and closes the data properly. True is as a crash: the next start recovers.</param>
    public async Task StopAsync(bool crash = false)
    {
        await SendAsync(crash ? "stop QUIT" : "stop INT");
        var answer = await _shell.StandardOutput.ReadLineAsync().WaitAsync(Limit);
        if (!string.Equals(answer, "stopped", StringComparison.Ordinal))
            throw Failure("didn't stop");
    }

    /// <summary>Starts the stopped server again, with the same port and the same data.</summary>
    /// <exception cref="InvalidOperationException">The server didn't start. The message has the end of its log.</exception>
    public async Task StartAgainAsync()
    {
        if (!await TryStartAsync(_port))
            throw Failure($"can't have its port {_port} again");
    }

    /// <summary>Creates a database with a name of its own.</summary>
    /// <param name="template">The database to copy; null for an empty one. Nothing may be connected to it.</param>
    public async Task<PostgreSqlDatabase> CreateDatabaseAsync(string? template = null)
    {
        var name = $"test_{Guid.NewGuid():N}";
        if (template is null)
        {
            await ExecuteAsync($"CREATE DATABASE \"{name}\"");
            return new PostgreSqlDatabase(this, name);
        }

        await _templates.WaitAsync();
        try
        {
            await ExecuteAsync($"CREATE DATABASE \"{name}\" TEMPLATE \"{template}\"");
        }
        finally
        {
            _templates.Release();
        }

        return new PostgreSqlDatabase(this, name);
    }

    /// <summary>Runs a statement in the database "postgres", on a connection of its own.</summary>
    public async Task ExecuteAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(Unpooled("postgres"));
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = (int)Limit.TotalSeconds };
        await command.ExecuteNonQueryAsync();
    }

    /// <inheritdoc cref="ExecuteAsync"/>
    public void Execute(string sql)
    {
        using var connection = new NpgsqlConnection(Unpooled("postgres"));
        connection.Open();
        using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = (int)Limit.TotalSeconds };
        command.ExecuteNonQuery();
    }

    /// <summary>Stops the server and deletes its folder.</summary>
    public async ValueTask DisposeAsync()
    {
        _shell.StandardInput.Close();
        try
        {
            await _shell.WaitForExitAsync().WaitAsync(Limit);
        }
        finally
        {
            _shell.Dispose();
            _templates.Dispose();
            // The shell deletes it, unless something ended the shell first.
            if (Directory.Exists(_folder))
                Directory.Delete(_folder, recursive: true);
        }
    }

    private static IEnumerable<string> DebianFolders() => Directory.Exists("/usr/lib/postgresql")
        ? new DirectoryInfo("/usr/lib/postgresql").GetDirectories()
            .OrderByDescending(version => int.TryParse(version.Name, CultureInfo.InvariantCulture, out var number) ? number : 0)
            .Select(version => Path.Combine(version.FullName, "bin"))
        : [];

    /// <summary>Returns a port that is free now. It is below those that systems give to outgoing connections, so a stopped server keeps it.</summary>
    private static int FreePort()
    {
        while (true)
        {
            var port = Random.Shared.Next(20_000, 32_000);
            using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                probe.Bind(new IPEndPoint(IPAddress.Loopback, port));
                return port;
            }
            catch (SocketException)
            {
                // Another program has it.
            }
        }
    }

    /// <summary>Starts the server and connects to it until that succeeds.</summary>
    /// <returns>False if another program has the port.</returns>
    private async Task<bool> TryStartAsync(int port)
    {
        _port = port;
        var earlier = Log().Length;
        await SendAsync($"start {port}");
        var begun = TimeProvider.System.GetTimestamp();
        while (!await AnswersAsync())
        {
            if (Log()[earlier..].Contains("could not create any TCP/IP sockets", StringComparison.Ordinal))
            {
                await StopAsync();
                return false;
            }

            if (TimeProvider.System.GetElapsedTime(begun) > Limit || _shell.HasExited)
                throw Failure($"doesn't answer on port {port}");
            await Task.Delay(RetryDelay);
        }

        return true;
    }

    /// <summary>Tells whether this server answers, and not another one that has the same port.</summary>
    private async Task<bool> AnswersAsync()
    {
        try
        {
            await using var connection = new NpgsqlConnection(Unpooled("postgres"));
            await connection.OpenAsync();
            await using var command = new NpgsqlCommand("SHOW data_directory", connection);
            return string.Equals(await command.ExecuteScalarAsync() as string, Path.Combine(_folder, "data"), StringComparison.Ordinal);
        }
        catch (NpgsqlException)
        {
            return false;
        }
    }

    private string Unpooled(string database) => new NpgsqlConnectionStringBuilder(ConnectionString(database)) { Pooling = false }.ToString();

    private async Task SendAsync(string command)
    {
        try
        {
            await _shell.StandardInput.WriteLineAsync(command);
            await _shell.StandardInput.FlushAsync();
        }
        catch (IOException broken)
        {
            throw new InvalidOperationException($"PostgreSQL's shell has ended. {LogEnd()}", broken);
        }
    }

    private InvalidOperationException Failure(string what) => new($"PostgreSQL {what}. {LogEnd()}");

    private string LogEnd() => $"The end of its log:\n{string.Join('\n', Log().Split('\n').TakeLast(30))}";

    private string Log()
    {
        try
        {
            return File.ReadAllText(Path.Combine(_folder, "log"));
        }
        catch (IOException)
        {
            return "";
        }
    }
}
