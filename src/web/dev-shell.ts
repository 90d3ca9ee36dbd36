import { readFile } from 'node:fs/promises'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { join } from 'node:path'
import type { ViteDevServer } from 'vite'
import { securityHeaders } from '../server/headers'
import { noncePlaceholder, renderPage } from '../server/page'
import { problem, sendProblem } from '../server/problem'
import { startShell, type Shell } from './shell'
import type { Assets } from './shell-routes'
import { log } from './terminal'

/**
 * The shell of `npm run dev`: the same door, with the pages from Vite instead of a build. Loaded by scripts/dev.mjs,
 * never part of the console.
 */
export { parseOptions, usage } from './options'
export { attend, describeFailure, log } from './terminal'

/** For Vite's `html.cspNonce`: it puts the placeholder on what it adds, and each page gets its own. */
export const cspNonce = noncePlaceholder

export interface DevShellOptions {
  readonly port: number
  readonly engineModule: string
  /** Makes a Vite server in middleware mode whose hot reload listens on this server. */
  readonly createVite: (server: Server) => Promise<ViteDevServer>
}

export async function startDevShell({ port, engineModule, createVite }: DevShellOptions): Promise<Shell> {
  let vite: ViteDevServer | undefined
  const shell = await startShell({
    port,
    engineModule,
    async assets(server) {
      vite = await createVite(server)
      return viteAssets(vite)
    },
    log,
  })
  return {
    ...shell,
    async close() {
      await vite?.close()
      await shell.close()
    },
  }
}

function viteAssets(vite: ViteDevServer): Assets {
  return {
    serve(request, response) {
      const path = request.url?.split('?', 1)[0]
      if (path === '/' || path === '/index.html') {
        sendPage(vite, response).catch((error: unknown) => fail(response, error))
      } else {
        // Vite sends "no-cache" and its own types; what guards the origin is the same as in the build.
        for (const [name, value] of Object.entries(devHeaders())) response.setHeader(name, value)
        vite.middlewares(request, response, (error?: unknown) => {
          if (error) fail(response, error)
          else sendProblem(response, problem(404, 'There is no such file.'))
        })
      }
      return undefined
    },
    // Vite asks for a token of its own there.
    ownsUpgrade: (request: IncomingMessage) =>
      /^vite-(hmr|ping)$/.test(request.headers['sec-websocket-protocol'] ?? ''),
  }
}

/** Vite's client watches for the server's return from a worker; that is all it needs beyond the policy. */
const devHeaders = (nonce?: string): Record<string, string> => securityHeaders({ nonce, blobWorkers: true })

async function sendPage(vite: ViteDevServer, response: ServerResponse): Promise<void> {
  const source = await readFile(join(vite.config.root, 'index.html'), 'utf8')
  const { html, nonce } = renderPage(await vite.transformIndexHtml('/', source))
  response.writeHead(200, {
    ...devHeaders(nonce),
    'Content-Type': 'text/html; charset=utf-8',
    'Cache-Control': 'no-store',
  })
  response.end(html)
}

function fail(response: ServerResponse, error: unknown): void {
  log(String(error))
  sendProblem(response, problem(500, 'The page could not be made; the terminal says why.'))
}
