// Compares our reader with the vendor's own, address by address: every edge of every range (each so-many-th in a large file), tunnels, and addresses at random.
//
//   npm ci
//   dotnet build -c Release tools/Places
//   node tools/Places/compare.mjs [--few] tools/Places/bin/Release/net10.0/Accounts.Places.dll <file.bin>...
//
// The vendor's reader is the yardstick and no part of the product. --few takes fewer addresses, as the tests do.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { IP2Location } from "ip2location-nodejs";

const few = process.argv[2] === "--few";
const [tool, ...files] = process.argv.slice(few ? 3 : 2);
if (files.length === 0) {
  console.error("Usage: node tools/Places/compare.mjs [--few] <Accounts.Places.dll> <file.bin>...");
  process.exit(2);
}

const edges = few ? 5_000 : 150_000;
const atRandom = few ? 2_000 : 60_000;
const last4 = 0xffffffffn;
const last6 = (1n << 128n) - 1n;

let seed = 20261121n;
function random(bits) {
  let value = 0n;
  for (let i = 0; i < bits; i += 32) {
    seed = (seed * 6364136223846793005n + 1442695040888963407n) & ((1n << 64n) - 1n);
    value = (value << 32n) | (seed >> 32n);
  }
  return value;
}

const dotted = v => [24n, 16n, 8n, 0n].map(shift => (v >> shift) & 255n).join(".");
const grouped = v => Array.from({ length: 8 }, (_, i) => ((v >> BigInt(112 - 16 * i)) & 0xffffn).toString(16)).join(":");

// The beginnings of the ranges, and the last address before each.
function* edgesOf(bytes, rows, position, size, last) {
  const width = size + 4 * (bytes[1] - 1);
  const step = Math.max(1, Math.ceil((2 * rows) / edges));
  for (let row = 0; row < rows; row += step) {
    const at = position - 1 + row * width;
    const from = size === 4 ? BigInt(bytes.readUInt32LE(at)) : (bytes.readBigUInt64LE(at + 8) << 64n) | bytes.readBigUInt64LE(at);
    yield from;
    if (from > 0n) yield from - 1n;
  }
  yield last;
  yield last - 1n;
}

function addressesFor(bytes) {
  const addresses = [];
  const v4 = [...edgesOf(bytes, bytes.readUInt32LE(5), bytes.readUInt32LE(9), 4, last4)];
  for (let i = 0; i < atRandom; i++) v4.push(random(32));
  v4.forEach((v, i) => {
    addresses.push(dotted(v));
    // Every tenth also in the guises that it has in IPv6.
    if (i % 10 === 0) addresses.push(grouped((0xffffn << 32n) | v), grouped((0x2002n << 112n) | (v << 80n) | random(64)), grouped((0x20010000n << 96n) | (random(64) << 32n) | (last4 - v)));
  });
  if (bytes.readUInt32LE(13) > 0) for (const v of edgesOf(bytes, bytes.readUInt32LE(13), bytes.readUInt32LE(17), 16, last6)) addresses.push(grouped(v));
  for (let i = 0; i < atRandom; i++) addresses.push(grouped(i % 2 ? random(128) : (1n << 125n) | (random(128) >> 3n)));
  return addresses;
}

// The vendor's reader rounds so.
const millionths = degrees => Math.round(degrees * 1_000_000) / 1_000_000;

function ours(file, addresses) {
  const run = spawnSync("dotnet", [tool, "look-up", file], { input: addresses.join("\n") + "\n", maxBuffer: 2 ** 30, encoding: "utf8" });
  if (run.status !== 0) throw new Error(run.stderr);
  return run.stdout.trimEnd().split("\n").map(line => line.split("\t").map((field, i) => ((i === 4 || i === 5) && field !== "-" ? millionths(Number(field)) : field)).join("\t"));
}

// What the vendor's reader says, in our words: "-" for what is not known or what the type does not have; nothing beside a country that is not known.
function theirs(reader, address) {
  const all = reader.getAll(address);
  if (all.countryShort === "INVALID_IP_ADDRESS") throw new Error(`The vendor's reader finds nothing for ${address}.`);
  if (all.countryShort === "IPV6_NOT_SUPPORTED") return Array(9).fill("-").join("\t");
  const text = value => (typeof value !== "string" || value === "" || value.startsWith("This method is not applicable") ? "-" : value);
  const known = all.countryShort !== "-";
  const degrees = value => (typeof value === "number" && known ? value : "-");
  return [
    all.countryShort, known ? all.countryLong : "-", text(all.region), text(all.city), degrees(all.latitude), degrees(all.longitude),
    text(all.timeZone), text(all.isp), text(all.usageType).split("/").includes("DCH") ? "hosting" : text(all.addressType) === "A" ? "anycast" : "-",
  ].join("\t");
}

let differing = 0;
for (const file of files) {
  const addresses = addressesFor(readFileSync(file));
  const answers = ours(resolve(file), addresses);
  const reader = new IP2Location();
  reader.open(file);
  let wrong = Math.abs(answers.length - addresses.length);
  let withCountry = 0;
  addresses.forEach((address, i) => {
    const expected = theirs(reader, address);
    if (!expected.startsWith("-")) withCountry++;
    if (expected !== answers[i] && wrong++ < 5) console.log(`${file}: ${address}\n  theirs ${expected}\n  ours   ${answers[i]}`);
  });
  reader.close();
  differing += wrong;
  console.log(`${file}: ${addresses.length - wrong} of ${addresses.length} addresses alike, ${withCountry} of them with a country`);
}

process.exit(differing === 0 ? 0 : 1);
