// Lighthouse over pages of a running program, as a phone and as a desktop: the median of each score, as JSON.
// Usage: node measure.mjs SITE EMAIL PASSWORD CHROMIUM RUNS
import lighthouse, { desktopConfig } from "lighthouse";
import puppeteer from "puppeteer-core";

const [site, email, password, program, runs] = process.argv.slice(2);
const categories = ["performance", "accessibility", "best-practices"];
const pages = [{ path: "/sign-in", signedIn: false }, { path: "/settings/sessions", signedIn: true }];

const browser = await puppeteer.launch({
  executablePath: program,
  args: ["--no-sandbox", "--headless=new", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});
const results = [];
for (const { path, signedIn } of pages) {
  for (const form of ["phone", "desktop"]) {
    const scores = [];
    const remarks = new Set();
    for (let run = 0; run < Number(runs); run++) {
      const profile = await browser.createBrowserContext();
      const page = await profile.newPage();
      if (signedIn) await signIn(page, path);
      const { lhr } = await lighthouse(new URL(path, site).href, { onlyCategories: categories, disableStorageReset: true, logLevel: "error" }, form === "desktop" ? desktopConfig : undefined, page);
      if (new URL(lhr.finalDisplayedUrl).pathname !== path) throw new Error(`${path} led to ${lhr.finalDisplayedUrl}.`);
      scores.push(categories.map(name => Math.round(lhr.categories[name].score * 100)));
      for (const { auditRefs } of categories.slice(1).map(name => lhr.categories[name])) {
        for (const { id, weight } of auditRefs) if (weight > 0 && lhr.audits[id].score === 0) remarks.add(lhr.audits[id].title);
      }
      await page.goto("about:blank");
      await profile.close();
    }
    results.push({ path, form, scores: categories.map((_, at) => median(scores.map(score => score[at]))), remarks: [...remarks] });
  }
}
await browser.close();
console.log(JSON.stringify(results));

async function signIn(page, path) {
  await page.goto(new URL(`/sign-in?returnUrl=${encodeURIComponent(path)}`, site).href);
  await page.type("#email", email);
  await page.type("#password", password);
  await Promise.all([page.waitForNavigation(), page.click("main form [type=submit]")]);
}

function median(numbers) {
  return numbers.sort((a, b) => a - b)[Math.floor(numbers.length / 2)];
}
