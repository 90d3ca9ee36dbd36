import { textOf } from './names'

export interface Mount {
  /** Device, export or whatever name the file system gave itself. */
  readonly source: string
  readonly point: string
  readonly type: string
  readonly options: readonly string[]
}

/** /proc/self/mounts (man 5 fstab), in the order of mounting; lines without four fields are left out. */
export function parseMounts(bytes: Uint8Array): Mount[] {
  const mounts: Mount[] = []
  for (const line of textOf(bytes).split('\n')) {
    const [source, point, type, options] = line.split(' ')
    if (source === undefined || !point || !type || options === undefined) continue
    mounts.push({ source: unescape(source), point: unescape(point), type, options: options.split(',') })
  }
  return mounts
}

/** The kernel writes blank, tab, newline, backslash and `#` as three octal digits. */
function unescape(text: string): string {
  return text.replace(/\\([0-3][0-7]{2})/g, (_, octal: string) => String.fromCharCode(parseInt(octal, 8)))
}
