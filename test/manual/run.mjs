// The tutorial, done by a machine: doc/manual/tutoriel.md is followed from its first line in an empty folder, then
// demonstration.md, which gives its place a history.
// Blocks are written as it tells the reader to (sections of a procedure.yaml are added, or replaced when they
// are there; any other file is whole), and each command must answer what the page shows, to the letter.
//
//   node test/manual/run.mjs            compares; the last line is "N passed, N failed"
//   node test/manual/run.mjs --write    writes the answers of today into the pages, to be read before a commit
//   node test/manual/run.mjs --base=DIR does it in DIR, which stays (test/browser/picture.mjs)
import { execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, mkdirSync, readFileSync, rmSync, writeFileSync, existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'

const pages = ['doc/manual/tutoriel.md', 'doc/manual/demonstration.md'], write = process.argv.includes('--write')
const kept = process.argv.find((one) => one.startsWith('--base='))?.slice('--base='.length)
const base = kept ? resolve(kept) : mkdtempSync(join(tmpdir(), 'guichet-tutoriel-')), bin = join(base, '.bin')
let passed = 0, failed = 0

// The text cut at its sections: a line at the left margin begins one.
function sectionsOf(text) {
	const sections = []
	for (const line of text.trimEnd().split('\n')) {
		const key = line.match(/^([^\s#:][^:]*):/)
		if (key) sections.push({ key: key[1], text: '' })
		if (sections.length) sections.at(-1).text += line + '\n'
	}
	return sections
}

function put(name, content) {
	const path = join(base, name)
	mkdirSync(dirname(path), { recursive: true })
	if (/\/(procedure|lieu)\.yaml$/.test(name) && existsSync(path)) {
		const sections = sectionsOf(readFileSync(path, 'utf8'))
		for (const one of sectionsOf(content)) {
			const there = sections.find(({ key }) => key === one.key)
			if (there) there.text = one.text.trimEnd() + there.text.match(/\n*$/)[0]
			else {
				sections.at(-1).text = sections.at(-1).text.trimEnd() + '\n\n'
				sections.push(one)
			}
		}
		content = sections.map(({ text }) => text).join('')
	}
	writeFileSync(path, content)
}

// A server runs until it is told to stop: what it says first is its answer.
function serve(command) {
	return new Promise((done) => {
		const child = spawn('sh', ['-c', `exec ${command.replace(/ --port \d+/, '')} --port 0 2>&1`], { cwd: base, env })
		let said = '', asked = false
		const stop = setTimeout(() => child.kill('SIGTERM'), 60000)
		child.stdout.on('data', async (data) => {
			said += data
			const address = said.match(/http:\/\/127\.0\.0\.1:\d+/)
			if (!address || asked) return
			asked = true
			const answer = await fetch(address[0]).catch((error) => ({ status: error.cause ?? error }))
			if (answer.status !== 200) said += `the page answers ${answer.status}\n`
			child.kill('SIGTERM')
		})
		child.on('exit', () => {
			clearTimeout(stop)
			const told = said.split('\n').filter((line) => /http:|^the page/.test(line)).join('\n')
			done(told.replace(/127\.0\.0\.1:\d+/g, '127.0.0.1:8080') + '\n')
		})
	})
}

async function answer(command) {
	if (/^guichet (serve|demo) /.test(command)) return serve(command)
	try {
		return execFileSync('sh', ['-c', `${command} 2>&1`], { cwd: base, env, encoding: 'utf8', timeout: 300000 })
	} catch (error) {
		return error.stdout
	}
}

const env = { ...process.env, PATH: `${bin}:${process.env.PATH}` }
mkdirSync(bin, { recursive: true })
writeFileSync(join(bin, 'guichet'), `#!/bin/sh\nexec "${resolve('build/guichet')}" "$@"\n`, { mode: 0o755 })

async function follow(page) {
	const lines = readFileSync(page, 'utf8').split('\n'), out = []
	for (let i = 0; i < lines.length; i++) {
		out.push(lines[i])
		const fence = lines[i].match(/^```(\w+) ?(.*)$/)
		if (!fence) continue
		const start = i + 1
		while (lines[i + 1] !== '```') i++
		const body = lines.slice(start, i + 1)
		if (fence[1] !== 'console') {
			if (fence[2]) put(fence[2], body.join('\n') + '\n')
			out.push(...body)
			continue
		}
		let shown = ''
		for (const line of body.filter((one) => one.startsWith('$ '))) {
			const said = (await answer(line.slice(2))).trimEnd()
			shown += `${line}\n${said}${said ? '\n' : ''}`
		}
		const expected = body.join('\n') + '\n'
		if (shown === expected) passed++
		else {
			failed++
			console.log(`failed: ${page}:${start}: the page shows\n${expected}and the answer is\n${shown}`)
		}
		out.push(...shown.trimEnd().split('\n'))
	}
	if (write) writeFileSync(page, out.join('\n'))
}

for (const page of pages) await follow(page)
if (!kept) rmSync(base, { recursive: true, force: true })
console.log(`${passed} passed, ${failed} failed`)
process.exitCode = failed && !write ? 1 : 0
