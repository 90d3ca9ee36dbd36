import { securityHeaders } from '../../server/headers'
import { renderPage } from '../../server/page'
import { readStaticFiles, type StaticFile, type StaticFiles } from '../../server/static-files'
import { appOrigin, appScheme } from '../security/navigation'

/** Registered before the application is ready. Nothing beyond these two: no fetch, no service workers, no streams. */
export const schemes = [{ scheme: appScheme, privileges: { standard: true, secure: true } }]

/** Reads the window's files once. Rejects where they are not built. */
export async function readWindowFiles(directory: string): Promise<StaticFiles> {
  const files = await readStaticFiles(directory)
  if (!files.has('/index.html')) throw new Error(`${directory} has no index.html.`)
  return files
}

/** Answers the window's requests from a list of files: no spelling of an address leads out of it. */
export function answerFrom(files: StaticFiles): (request: Pick<Request, 'method' | 'url'>) => Response {
  return ({ method, url }) => {
    const [address = ''] = url.split('#', 1)
    if (method !== 'GET' && method !== 'HEAD') return refusal(405, 'Only reading is allowed.')
    const path = address.startsWith(`${appOrigin}/`) ? address.slice(appOrigin.length) : null
    const file = path === null ? undefined : files.get(path === '/' ? '/index.html' : path)
    if (!file) return refusal(404, 'There is no such file.')
    return file.contentType.startsWith('text/html') ? page(file) : plain(file)
  }
}

function page(file: StaticFile): Response {
  const { html, nonce } = renderPage(file.body.toString('utf8'))
  return new Response(html, {
    headers: {
      ...securityHeaders({ nonce }),
      'Content-Type': file.contentType,
      'Cache-Control': 'no-store',
    },
  })
}

function plain(file: StaticFile): Response {
  return new Response(new Uint8Array(file.body), {
    headers: { ...securityHeaders(), 'Content-Type': file.contentType, 'Cache-Control': 'no-cache' },
  })
}

function refusal(status: number, text: string): Response {
  return new Response(text, {
    status,
    headers: { ...securityHeaders(), 'Content-Type': 'text/plain; charset=utf-8' },
  })
}
