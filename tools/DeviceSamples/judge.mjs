// Makes the samples that the detector is judged by, with a judgement of its own: plain regular expressions here, tables and pieces there.
// Where the two differ somebody looked, and either the detector was mended or a correction below says what is right.
//
//   npm pack user-agents crawler-user-agents, unpack both, and
//   node tools/DeviceSamples/judge.mjs <folder of user-agents> <folder of crawler-user-agents> Accounts.Tests/Core/Devices/Samples
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const [traffic, crawlers, out] = process.argv.slice(2);

// The first that matches is the browser: apps, then browsers, then what they are made of.
const families = [
  [/Barcelona/, 'Threads'], [/Instagram/, 'Instagram'], [/FBAN\/Messenger|FB_IAB\/(Orca|MESSENGER)/, 'Messenger'], [/FBAN|FBAV|FB_IAB/, 'Facebook'],
  [/Snapchat/, 'Snapchat'], [/MicroMessenger/, 'WeChat'], [/musical_ly|BytedanceWebview|trill/, 'TikTok'], [/Pinterest/, 'Pinterest'],
  [/LinkedInApp/, 'LinkedIn'], [/\bLine\//, 'LINE'], [/KAKAOTALK/, 'KakaoTalk'], [/NAVER/, 'Naver'], [/GSA\//, 'Google app'],
  [/Edg(A|iOS)?\//, 'Edge'], [/OPR\//, 'Opera'], [/OPT\//, 'Opera Touch'], [/OPX\//, 'Opera GX'], [/YaBrowser/, 'Yandex Browser'], [/SamsungBrowser/, 'Samsung Internet'],
  [/Vivaldi/, 'Vivaldi'], [/(DuckDuckGo|Ddg)\//, 'DuckDuckGo'], [/UCBrowser/, 'UC Browser'], [/MiuiBrowser/, 'Mi Browser'], [/HuaweiBrowser/, 'Huawei Browser'],
  [/Ecosia/, 'Ecosia'], [/Silk\//, 'Silk'], [/Whale\//, 'Whale'], [/QQBrowser/, 'QQ Browser'], [/Brave/, 'Brave'],
  [/FxiOS|Firefox/, 'Firefox'], [/CriOS/, 'Chrome'], [/; wv\)/, 'WebView'], [/Chrome\//, 'Chrome'],
  [/(iPhone|iPad|Macintosh)(?!.*Safari\/)/, 'WebView'], [/Android.*Version\/4/, 'Android Browser'], [/Safari\//, 'Safari'],
];
const platforms = [
  [/Windows NT/, 'Windows'], [/iPad/, 'iPadOS'], [/iPhone|iPod/, 'iOS'], [/Android/, 'Android'], [/CrOS/, 'ChromeOS'],
  [/Macintosh/, 'macOS'], [/Linux/, 'Linux'],
];
// Judged by eye: the beginning of the text, and what is right instead.
const corrections = [
  // Version/4.0 beside Chrome is what the system's WebView says.
  ['Mozilla/5.0 (Linux; U; Android 8.1.0; zh-cn; MI 8 Build/', { family: 'WebView' }],
];

const first = (table, text) => table.find(([pattern]) => pattern.test(text))?.[1] ?? '';
const capital = (word) => word[0].toUpperCase() + word.slice(1);
const clean = (text) => text.replace(/[\t\r\n]/g, ' ');

const seen = new Map();
for (const { userAgent, weight, deviceCategory } of JSON.parse(readFileSync(join(traffic, 'dist/user-agents.json'), 'utf8'))) {
  const row = seen.get(userAgent) ?? { weight: 0, type: capital(deviceCategory) };
  row.weight += weight;
  seen.set(userAgent, row);
}
const lines = [...seen].sort((a, b) => b[1].weight - a[1].weight).map(([text, { weight, type }]) => {
  const right = corrections.find(([beginning]) => text.startsWith(beginning))?.[1] ?? {};
  const judged = { family: first(families, text), platform: first(platforms, text), type, ...right };
  return [weight.toFixed(7), judged.type, judged.platform, judged.family, clean(text)].join('\t');
});
writeFileSync(join(out, 'traffic.tsv'), lines.join('\n') + '\n');

const instances = JSON.parse(readFileSync(join(crawlers, 'crawler-user-agents.json'), 'utf8')).flatMap((crawler) => crawler.instances);
writeFileSync(join(out, 'crawlers.txt'), [...new Set(instances.map(clean))].join('\n') + '\n');

copyFileSync(join(traffic, 'LICENSE'), join(out, 'traffic.LICENSE'));
copyFileSync(join(crawlers, 'LICENSE'), join(out, 'crawlers.LICENSE'));
console.log(`${lines.length} of traffic, ${new Set(instances).size} of crawlers`);
