// A mail server for tests (SmtpServer.cs). It keeps nothing: each email becomes a line of its output.
//
//   node smtp-server.mjs '{ "port": 2525, "security": "None", "userName": "", "password": "", "utf8": true }'
//
// Input and output are lines of JSON. The input says how to react from now on, and each line of it is answered once it holds.
import { createInterface } from "node:readline";
import { SMTPServer } from "smtp-server";

const options = JSON.parse(process.argv[2]);
let reactions = [];

const tell = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);

/** Does what a test asked for at this step, or goes on. */
function react(step, session, address, callback, goOn) {
  const reaction = reactions.findLast((one) => one.step === step && (!one.to || one.to === address?.toLowerCase()));
  if (!reaction) {
    goOn();
    return;
  }

  tell({ event: "refused", step, to: address ?? "" });
  if (reaction.does === "Answer") {
    callback(Object.assign(new Error(reaction.text), { responseCode: reaction.code }));
  } else if (reaction.does === "Drop") {
    for (const connection of server.connections) {
      if (connection.session.id === session.id) connection._socket.destroy();
    }
  }
  // Silence: nobody calls back.
}

const server = new SMTPServer({
  logger: false,
  banner: "tests",
  disableReverseLookup: true,
  // Without a certificate of the test's, it has a self-signed one of its own.
  ...(options.certificate && { cert: options.certificate, key: options.key }),
  secure: options.security === "Tls",
  hideSTARTTLS: options.security !== "StartTls",
  hideSMTPUTF8: !options.utf8,
  authOptional: options.userName === "",
  disabledCommands: options.userName === "" ? ["AUTH"] : [],
  allowInsecureAuth: true,
  onConnect(session, callback) {
    tell({ event: "connected" });
    react("Connect", session, null, callback, callback);
  },
  onAuth(auth, session, callback) {
    const isRight = auth.username === options.userName && auth.password === options.password;
    callback(isRight ? null : Object.assign(new Error("Wrong user name or password"), { responseCode: 535 }), { user: auth.username });
  },
  onMailFrom(address, session, callback) {
    react("Sender", session, address.address, callback, callback);
  },
  onRcptTo(address, session, callback) {
    react("Recipient", session, address.address, callback, callback);
  },
  onData(stream, session, callback) {
    const parts = [];
    stream.on("data", (part) => parts.push(part));
    stream.on("end", () => {
      const [to] = session.envelope.rcptTo;
      react("Content", session, to.address, callback, () => {
        tell({ event: "received", from: session.envelope.mailFrom.address, to: to.address, raw: Buffer.concat(parts).toString("base64") });
        callback(null, "Queued");
      });
    });
  },
});

// A client that hangs up is no failure of the server.
server.on("error", () => {});
server.listen(options.port, "127.0.0.1", () => tell({ event: "listening" }));

createInterface({ input: process.stdin })
  .on("line", (line) => {
    const command = JSON.parse(line);
    if (command.does === "Accept") reactions = [];
    else if (command.does !== "Tell") reactions.push(command);
    tell({ event: "obeyed" });
  })
  // The tests have ended.
  .on("close", () => process.exit());
