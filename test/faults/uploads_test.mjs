// What people send by mistake, and what others send on purpose: each has its own words, and the draft stays.
import { randomBytes } from "node:crypto";
import { deflateSync } from "node:zlib";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { writeFileSync } from "node:fs";
import { Visitor, agent, check, draft, equal, folder, pdf, piece, says, sql, start, test, verify, visitor, words } from "./faults.mjs";

// A PNG that claims to be so wide and high.
function png(width, height) {
	const chunk = (name, data) => {
		const body = Buffer.concat([Buffer.from(name), data]);
		let crc = ~0;
		for (const byte of body) {
			crc ^= byte;
			for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
		}
		const word = value => { const four = Buffer.alloc(4); four.writeUInt32BE(value >>> 0); return four; };
		return Buffer.concat([word(data.length), body, word(~crc)]);
	};
	const header = Buffer.alloc(13);
	header.writeUInt32BE(width, 0);
	header.writeUInt32BE(height, 4);
	header.set([8, 2, 0, 0, 0], 8);
	return Buffer.concat([Buffer.from("89504e470d0a1a0a", "hex"), chunk("IHDR", header),
		chunk("IDAT", deflateSync(Buffer.alloc(1000))), chunk("IEND", Buffer.alloc(0))]);
}

async function encrypted() {
	const place = await folder();
	writeFileSync(join(place, "clair.pdf"), pdf("secret"));
	execFileSync("qpdf", ["--encrypt", "ouvrir", "changer", "256", "--", join(place, "clair.pdf"), join(place, "ferme.pdf")]);
	return (await import("node:fs")).readFileSync(join(place, "ferme.pdf"));
}

test("files that do not do: each refused by its own words, with the right status, and the draft stays", async () => {
	const server = await start();
	const sender = await visitor(server);
	equal((await sender.save()).status, 303);
	const files = () => Number(execFileSync("sh", ["-c", `find '${server.data}/pieces' -type f 2>/dev/null | wc -l`], { encoding: "utf8" }));
	const program = Buffer.concat([Buffer.from("MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff", "latin1"), randomBytes(4000)]);
	const mistakes = [
		["eleven megabytes", Buffer.alloc(11 << 20, 0x20), "gros.pdf", 413, "10 Mo"],
		["a program with a new name", program, "attestation.pdf", 422, "PDF"],
		["a locked PDF", await encrypted(), "attestation.pdf", 422, "protégé"],
		["nothing", Buffer.alloc(0), "vide.pdf", 422, "vide"],
		["a picture of 60 000 by 60 000", png(60000, 60000), "photo.png", 422, "image"],
		["half a PDF", pdf("moitié").subarray(0, 300), "attestation.pdf", 422, "incomplet"],
		["a web page", Buffer.from("<html><script>alert(1)</script></html>"), "attestation.pdf", 422, "PDF"],
		["a ZIP", Buffer.from("PK\x03\x04" + "x".repeat(500), "latin1"), "attestation.pdf", 422, "PDF"],
	];
	for (const [what, bytes, name, status, sentence] of mistakes) {
		const answer = await sender.upload(bytes, name);
		equal(answer.status, status, `${what}: ${words(answer.body).slice(0, 600)}`);
		const told = /class="error-message"[^>]*>([^<]*)/.exec(answer.body)?.[1] ?? "";
		check(told.replace(/\s+/g, " ").includes(sentence), `${what}: « ${told} » does not say ${sentence}`);
		equal(files(), 0, `${what} leaves no file`);
	}
	equal((await sender.upload(pdf("bonne"))).status, 303);
	equal((await sender.file()).status, 303, "the draft was whole");
	await server.stop();
	await verify(server.data);
});

test("forged forms: refused with a page, nothing kept, the next one served", async () => {
	const server = await start();
	const sender = await visitor(server);
	equal((await sender.save()).status, 303);
	const raw = (body, type = "multipart/form-data; boundary=x") => sender.send(piece, { method: "POST", headers: { "Content-Type": type }, body });
	const token = `--x\r\nContent-Disposition: form-data; name="jeton"\r\n\r\n${sender.token}\r\n`;
	const file = `--x\r\nContent-Disposition: form-data; name="fichier"; filename="a.pdf"\r\n\r\n`;
	const forged = [
		["never ends", `${token}${file}%PDF-1.4`, 400],
		["no boundary", `${token}--x--\r\n`, 400, "multipart/form-data"],
		["an empty boundary", `${token}--x--\r\n`, 400, "multipart/form-data; boundary="],
		["another kind", `${token}--x--\r\n`, 400, "application/json"],
		["a part without a name", `${token}--x\r\n\r\nrien\r\n--x--\r\n`, 400],
		["two thousand parts", token + `--x\r\nContent-Disposition: form-data; name="a"\r\n\r\nb\r\n`.repeat(2000) + "--x--\r\n", 413],
		["a header of 100 kB", `--x\r\nContent-Disposition: form-data; name="${"a".repeat(100000)}"\r\n\r\nb\r\n--x--\r\n`, 413],
		["no token", `${file}%PDF-1.4\r\n--x--\r\n`, 403],
		["somebody else's token", `--x\r\nContent-Disposition: form-data; name="jeton"\r\n\r\nQUJD\r\n${file}%PDF-1.4\r\n--x--\r\n`, 403],
		["a path as a name", `${token}--x\r\nContent-Disposition: form-data; name="fichier"; filename="../../guichet.db"\r\n\r\n${pdf("nom")}\r\n--x--\r\n`, 303],
	];
	for (const [what, body, status, type] of forged) {
		const answer = await raw(body, type);
		check(answer.status === status || (status >= 400 && answer.status === 400) || (status === 413 && answer.status === 403),
			`${what}: ${answer.status} instead of ${status}: ${words(answer.body).slice(0, 500)}`);
	}
	equal(sql(server.data, "SELECT name FROM draft_piece"), "guichet.db", "only the last part of a name counts");
	// The same filing sent twice gives the same receipt.
	const first = await sender.file();
	equal(first.status, 303);
	const again = await sender.fileWith(sender.form);
	equal([again.status, again.headers.location], [first.status, first.headers.location], "the same receipt");
	equal(sql(server.data, "SELECT count(*) FROM dossier"), "1");
	// Another's request, another's draft, an action without a right.
	const other = await visitor(server);
	equal((await other.get(first.headers.location)).status, 404);
	equal((await other.get(`${piece}`)).status, 404);
	equal((await other.get("/gestion")).status, 403);
	equal((await new Visitor(server).post(`${draft}`, {})).status, 403);
	await server.stop();
	await verify(server.data, [first.dossier]);
});
