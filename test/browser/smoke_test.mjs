// The harness itself: a browser that shows a page, sees what is wrong with it, and mail.
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { axe, check, equal, overflows, screenshot, startMailbox, test, visitor } from "./harness.mjs";

const run = promisify(execFile);

const pageOf = body => "data:text/html;charset=utf-8," + encodeURIComponent(
	`<!doctype html><html lang="fr"><head><title>Essai</title><meta name="viewport" content="width=device-width">
	</head><body>${body}</body></html>`);

test("a good page has no accessibility violation, on a desk and on a phone", async () => {
	for (const phone of [false, true]) {
		const page = await visitor({ phone });
		await page.goto(pageOf("<main><h1>Bonjour à tous</h1><p>Tout va bien.</p></main>"));
		equal(await axe(page), []);
		check(!await overflows(page), "the page is wider than its screen");
		await screenshot(page, phone ? "smoke-phone" : "smoke");
		equal(page.mistakes, []);
		await page.context().close();
	}
});

test("a picture without a text is a violation", async () => {
	const page = await visitor();
	await page.goto(pageOf("<main><h1>Image</h1><img src='data:image/gif;base64,R0lGODlhAQABAAAAACw='></main>"));
	check((await axe(page)).some(line => line.startsWith("image-alt")), "the missing text was not seen");
	await page.context().close();
});

test("a visitor without JavaScript runs none", async () => {
	const page = await visitor({ javascript: false });
	await page.goto(pageOf("<main><h1>Avant</h1></main><script>document.querySelector('h1').textContent = 'Après'</script>"));
	equal(await page.locator("h1").textContent(), "Avant");
	await page.context().close();
});

test("a mail that was sent is found in the mailbox", async () => {
	const mailbox = await startMailbox();
	try {
		await run("curl", ["-sS", "--url", `smtp://127.0.0.1:${mailbox.port}`, "--mail-from", "a@b.example",
			"--mail-rcpt", "c@d.example", "-T", "test/mail/example.eml"]);
		const [message] = await mailbox.waitFor("c@d.example", { subject: "déposée" });
		equal(message.links, ["https://guichet.example/lien?a=1"]);
		equal(message.messageId, "<1.2@academie.example>");
		equal(await mailbox.messages("e@f.example"), []);
	} finally {
		await mailbox.stop();
	}
});
