import { spawn } from 'node:child_process'
import { shellLimits } from './limits'
import { writeLaunchFile } from './launch-file'

type Opener = readonly [program: string, ...args: string[]]

/** How this system opens a file, or null where there is no screen to open it on. */
export function browserOpener(
  platform: NodeJS.Platform,
  env: NodeJS.ProcessEnv,
  path: string,
): Opener | null {
  if (platform === 'darwin') return ['open', path]
  // Not "start": cmd would read the path as part of a command.
  if (platform === 'win32') return ['rundll32', 'url.dll,FileProtocolHandler', path]
  return env['DISPLAY'] || env['WAYLAND_DISPLAY'] ? ['xdg-open', path] : null
}

/**
 * Opens the default browser if there is one, by way of a file that is there only as long as its token is good.
 * Never fails: another address stands in the terminal.
 * @param launchUrl - Makes an address; calls back when its token has been used or forgotten.
 */
export function openBrowser(launchUrl: (onGone: () => void) => string): void {
  if (!browserOpener(process.platform, process.env, '')) return
  let remove = (): void => undefined
  try {
    const file = writeLaunchFile(
      launchUrl(() => remove()),
      process.env,
    )
    const expiry = setTimeout(() => remove(), shellLimits.tokens.lifetime).unref()
    remove = () => {
      clearTimeout(expiry)
      process.off('exit', remove)
      file.remove()
    }
    process.once('exit', remove)
    open(file.path, () => remove())
  } catch {
    // No place to write to, or not allowed to remove: as if there were no browser.
  }
}

function open(path: string, onFailed: () => void): void {
  const opener = browserOpener(process.platform, process.env, path)
  if (!opener) return
  const [program, ...args] = opener
  const child = spawn(program, args, { stdio: 'ignore', detached: true })
  child.on('error', onFailed)
  child.unref()
}
