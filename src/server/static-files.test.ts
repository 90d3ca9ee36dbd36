import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { createServer, request as httpRequest, type IncomingHttpHeaders, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { brotliCompressSync, brotliDecompressSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { sendProblem } from './problem'
import { serveStatic } from './serve-static'
import { readStaticFiles, type StaticFiles } from './static-files'

const script = 'export const text = "hello"\n'
let directory: string
let files: StaticFiles
let server: Server
let port: number

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'static-files-'))
  const build = join(directory, 'build')
  await mkdir(join(build, 'assets'), { recursive: true })
  await mkdir(join(build, '.hidden'))
  await writeFile(join(directory, 'secret.txt'), 'outside of the build')
  await writeFile(
    join(build, 'index.html'),
    '<head></head><link href="a.css" nonce="%CSP_NONCE%">%CSP_NONCE%',
  )
  await writeFile(join(build, 'bare.html'), '<!doctype html><html><head><title>x</title></head></html>')
  await writeFile(join(build, 'assets/index-AbCd_123.js'), script)
  await writeFile(join(build, 'assets/index-AbCd_123.js.br'), brotliCompressSync(script))
  await writeFile(join(build, 'assets/index-AbCd_123.js.map'), '{}')
  await writeFile(join(build, 'plain.js'), script)
  await writeFile(join(build, '.hidden/a.js'), script)
  await writeFile(join(build, '.env.txt'), 'hidden')
  await symlink(join(directory, 'secret.txt'), join(build, 'link.txt'))
  files = await readStaticFiles(build)
  server = createServer((request, response) => {
    const refusal = serveStatic(files, request, response)
    if (refusal) sendProblem(response, refusal)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  port = typeof address === 'object' && address ? address.port : 0
})
afterAll(async () => {
  server.close()
  await rm(directory, { recursive: true })
})

interface Answer {
  readonly status: number | undefined
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}

function get(path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = httpRequest({ host: '127.0.0.1', port, path, method, headers, agent: false }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () => {
        resolve({ status: response.statusCode, headers: response.headers, body: Buffer.concat(chunks) })
      })
    })
    sent.on('error', reject)
    sent.end()
  })
}

test('the list holds the build and nothing else', () => {
  expect([...files.keys()].sort()).toEqual([
    '/assets/index-AbCd_123.js',
    '/bare.html',
    '/index.html',
    '/plain.js',
  ])
})

test('a prefix puts the files elsewhere', async () => {
  const moved = await readStaticFiles(join(directory, 'build'), '/console/')
  expect(moved.has('/console/index.html')).toBe(true)
  expect(moved.has('/index.html')).toBe(false)
})

describe('pages', () => {
  test('carry a nonce of their own in each response, in policy and text', async () => {
    const [first, second] = [await get('/'), await get('/index.html')]
    const nonceOf = (answer: Answer): string =>
      /'nonce-([\w-]{22})'/.exec(String(answer.headers['content-security-policy']))?.[1] ?? ''
    expect(nonceOf(first)).not.toBe('')
    expect(nonceOf(first)).not.toBe(nonceOf(second))
    expect(first.body.toString()).toBe(
      `<head></head><link href="a.css" nonce="${nonceOf(first)}">${nonceOf(first)}`,
    )
    expect(first.headers['cache-control']).toBe('no-store')
    expect(first.headers.etag).toBeUndefined()
    const bare = await get('/bare.html')
    expect(bare.body.toString()).toContain(`<head><meta name="csp-nonce" nonce="${nonceOf(bare)}"><title>`)
  })

  test('and every other answer carry the security headers', async () => {
    for (const path of ['/', '/plain.js', '/absent']) {
      const { headers } = await get(path)
      expect(headers).toMatchObject({
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'cross-origin-opener-policy': 'same-origin',
        'cross-origin-resource-policy': 'same-origin',
      })
      expect(headers['content-security-policy']).toContain("default-src 'none'; script-src 'self'")
      expect(headers['permissions-policy']).toContain('camera=()')
      expect(headers['set-cookie']).toBeUndefined()
      expect(Object.keys(headers).filter((name) => name.startsWith('access-control'))).toEqual([])
    }
  })
})

describe('assets', () => {
  test('with a hash in their name are kept for ever, others are asked for again', async () => {
    const hashed = await get('/assets/index-AbCd_123.js')
    expect(hashed.headers['cache-control']).toBe('max-age=31536000, immutable')
    expect(hashed.headers['content-type']).toBe('text/javascript; charset=utf-8')
    expect(hashed.body.toString()).toBe(script)
    expect((await get('/plain.js')).headers['cache-control']).toBe('no-cache')
  })

  test.each([
    ['br', true],
    ['gzip, deflate, br, zstd', true],
    ['br;q=0.5', true],
    ['br;q=0', false],
    ['br;q=0.000', false],
    ['gzip', false],
    ['brx', false],
  ])('Accept-Encoding: %s -> compressed %s', async (accepted, compressed) => {
    const answer = await get('/assets/index-AbCd_123.js', { 'accept-encoding': accepted })
    expect(answer.headers['content-encoding']).toBe(compressed ? 'br' : undefined)
    expect(answer.headers.vary).toBe('Accept-Encoding')
    const text = compressed ? brotliDecompressSync(answer.body) : answer.body
    expect(text.toString()).toBe(script)
    expect(answer.headers['content-length']).toBe(answer.body.byteLength.toString())
  })

  test('that the browser has are not sent again', async () => {
    const plain = await get('/plain.js')
    const etag = plain.headers.etag ?? ''
    for (const known of [etag, `"x", ${etag}`, `W/${etag}`, '*']) {
      const again = await get('/plain.js', { 'if-none-match': known })
      expect([again.status, again.body.byteLength]).toEqual([304, 0])
    }
    expect((await get('/plain.js', { 'if-none-match': '"x"' })).status).toBe(200)
    const compressed = await get('/assets/index-AbCd_123.js', { 'accept-encoding': 'br' })
    const other = await get('/assets/index-AbCd_123.js', { 'if-none-match': compressed.headers.etag ?? '' })
    expect(other.status).toBe(200)
  })

  test('HEAD gives the same headers and no body', async () => {
    const [head, full] = [await get('/plain.js', {}, 'HEAD'), await get('/plain.js')]
    expect(head.headers['content-length']).toBe(full.headers['content-length'])
    expect(head.body.byteLength).toBe(0)
  })
})

test.each([
  '/../secret.txt',
  '/..%2fsecret.txt',
  '/%2e%2e/secret.txt',
  '/%2e%2e%2fsecret.txt',
  '/assets/../../secret.txt',
  '/assets/%2e%2e/index.html',
  '/..\\secret.txt',
  '/..%5csecret.txt',
  '/%252e%252e/secret.txt',
  '/%c0%ae%c0%ae/secret.txt',
  '/.%00./secret.txt',
  '/index.html%00.js',
  '//index.html',
  '/./index.html',
  '/index.html/',
  '/assets',
  '/assets/',
  '/assets/index-AbCd_123.js.map',
  '/assets/index-AbCd_123.js.br',
  '/link.txt',
  '/.env.txt',
  '/.hidden/a.js',
  '/INDEX.HTML',
  '/index.html?x',
  '/constructor',
  '/__proto__',
])('%s is not there', async (path) => {
  const answer = await get(path)
  expect(answer.status).toBe(404)
  expect(answer.headers['content-type']).toBe('application/problem+json')
  expect(JSON.parse(answer.body.toString())).toEqual({
    title: 'Not Found',
    status: 404,
    detail: 'There is no such file.',
  })
})
