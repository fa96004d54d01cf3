// Makes the picture of README.md from the lived-in demonstration: node test/browser/picture.mjs
import { startServer, visitor } from "./harness.mjs";

const server = await startServer({ place: "ville" });
const page = await visitor({ url: server.url });
await page.setViewportSize({ width: 1200, height: 1010 });
await page.goto("/demo");
await page.locator(".sights > li").first().getByRole("button").click();
await page.waitForURL(url => url.pathname === "/service");
await page.evaluate(() => document.querySelector(".banner").remove());
await page.screenshot({ path: "doc/images/semaine.png", scale: "css" });
await server.stop();
process.exit(0);
