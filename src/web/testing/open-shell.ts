import { serveStatic } from '../../server/serve-static'
import { readStaticFiles } from '../../server/static-files'
import { startShell, type Shell, type ShellOptions } from '../shell'
import type { TestBuild } from './build'
import { exchange, rawRequest, type Fields } from './raw-http'

export interface TestShell extends Shell {
  /** Everything it wrote to its terminal. */
  readonly lines: string[]
  /** A one-use token of a new address. */
  token(): string
  /** A session of a new tab. */
  session(): Promise<string>
  /** Fields of a good POST /session. */
  postFields(body: string): Fields
}

/** A shell in this process, with a real engine process. */
export async function openShell(build: TestBuild, options: Partial<ShellOptions> = {}): Promise<TestShell> {
  const files = await readStaticFiles(build.renderer)
  const lines: string[] = []
  const shell = await startShell({
    port: 0,
    engineModule: build.engineModule,
    assets: () => ({ serve: (request, response) => serveStatic(files, request, response) }),
    log: (line) => lines.push(line),
    ...options,
  })
  const token = (): string => new URL(shell.launchUrl()).hash.slice('#token='.length)
  const postFields = (body: string): Fields => [
    ['Host', `127.0.0.1:${shell.port}`],
    ['Origin', shell.origin],
    ['Content-Type', 'application/json'],
    ['Content-Length', Buffer.byteLength(body).toString()],
  ]
  return {
    ...shell,
    lines,
    token,
    postFields,
    async session() {
      const body = JSON.stringify({ token: token() })
      const answer = await exchange(shell.port, rawRequest('POST', '/session', postFields(body), body))
      if (answer.status !== 200) throw new Error(`no session: ${answer.status} ${answer.body}`)
      const parsed: unknown = JSON.parse(answer.body)
      if (typeof parsed === 'object' && parsed !== null && 'session' in parsed) return String(parsed.session)
      throw new Error(`no session in ${answer.body}`)
    },
  }
}
