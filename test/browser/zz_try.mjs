import { chromium } from "playwright-core";
import { execFileSync } from "node:child_process";
const url = process.argv[2], data = process.argv[3];
const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"] });
const show = async (page, n, all) => { console.log("----", n, page.url()); console.log((await page.innerText("main")).slice(0, all ?? 900));
for (const a of await page.$$eval("main a, main button", as => as.map(a => [a.tagName, a.textContent.trim(), a.getAttribute("href")]))) console.log(a.join(" | ")); };
const enter = async (mail) => {
 const page = await (await browser.newContext({ locale: "fr-FR", viewport: { width: 1100, height: 900 } })).newPage();
 const code = execFileSync("build/guichet", ["person", data, "code", mail]).toString().trim().split("\n").at(-1);
 await page.goto(url + "/activation");
 const inputs = await page.$$eval("main input", as => as.map(a => a.name));
 console.log(inputs);
 await page.fill("main input[type=text]", code).catch(e => console.log(String(e).slice(0,200)));
 for (const box of await page.$$("main input[type=password]")) await box.fill("un mot de passe long");
 await page.click("main button");
 for (const box of await page.$$("main input[type=password]")) await box.fill("un mot de passe long");
 if (await page.$("main input[type=password]")) await page.click("main button");
 await show(page, "après activation " + code); await page.goto(url + "/connexion"); await page.fill("main input[name=adresse]", mail); await page.fill("main input[name=mot-de-passe]", "un mot de passe long"); await page.click("main form button");
 return page;
};
const lea = await enter("lea@ecole.example");
await show(lea, "léa");
await lea.goto(url + "/campagnes/temps-partiel-2022"); await show(lea, "campagne");
const begin = await lea.$("main a:has-text('Déposer'), main a:has-text('Demander'), main button:has-text('Déposer'), main a:has-text('emande')");
if (begin) { await begin.click(); await show(lea, "form", 2500);
for (const a of await lea.$$eval("main input, main select, main textarea", as => as.map(a => [a.name, a.type, a.value]))) console.log("   ", a.join(" | ")); }
await browser.close();
