import { spawn } from 'node:child_process'

type Opener = readonly [program: string, ...args: string[]]

/** How this system opens an address, or null where there is no screen to open it on. */
export function browserOpener(platform: NodeJS.Platform, env: NodeJS.ProcessEnv, url: string): Opener | null {
  if (platform === 'darwin') return ['open', url]
  // Not "start": cmd would read the address as part of a command.
  if (platform === 'win32') return ['rundll32', 'url.dll,FileProtocolHandler', url]
  return env['DISPLAY'] || env['WAYLAND_DISPLAY'] ? ['xdg-open', url] : null
}

/** Opens the default browser if there is one. Never fails: the address stands in the terminal. */
export function openBrowser(url: string): void {
  const opener = browserOpener(process.platform, process.env, url)
  if (!opener) return
  const [program, ...args] = opener
  const child = spawn(program, args, { stdio: 'ignore', detached: true })
  child.on('error', () => undefined)
  child.unref()
}
