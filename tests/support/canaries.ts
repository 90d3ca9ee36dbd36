import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** How a secret of at least 12 bytes could stand in a file without anybody having meant to hide it. */
export function formsOf(secret: string): [form: string, bytes: Buffer][] {
  const bytes = Buffer.from(secret)
  const text = (form: string, value: string): [string, Buffer] => [form, Buffer.from(value)]
  const percent = [...bytes].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('')
  const escaped = secret.replace(/[^]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
  return [
    ['plain', bytes],
    ['UTF-16LE', Buffer.from(secret, 'utf16le')],
    ['UTF-16BE', Buffer.from(secret, 'utf16le').swap16()],
    text('JSON', JSON.stringify(secret).slice(1, -1)),
    text('JSON escapes', escaped),
    text('URI', encodeURIComponent(secret)),
    text('percent', percent),
    text('PERCENT', percent.toUpperCase()),
    text('hex', bytes.toString('hex')),
    text('HEX', bytes.toString('hex').toUpperCase()),
    text('decimal list', bytes.join(',')),
    ['reversed', Buffer.from(bytes).reverse()],
    ...['base64', 'base64url'].flatMap((encoding) => base64Forms(bytes, encoding)),
  ]
}

/** In base64 a secret looks different at each of three offsets, and its ends depend on what stands beside it. */
function base64Forms(bytes: Buffer, encoding: string): [string, Buffer][] {
  if (encoding !== 'base64' && encoding !== 'base64url') return []
  return [0, 1, 2].map((offset) => {
    const whole = Buffer.concat([Buffer.alloc(offset), bytes])
      .toString(encoding)
      .replace(/=+$/, '')
    return [`${encoding} at ${offset}`, Buffer.from(whole.slice(offset === 0 ? 0 : offset + 1, -1))]
  })
}

/** Where any form of the secrets stands in the files of a folder and below, one line for each. */
export function findCanaries(folder: string, secrets: readonly string[]): string[] {
  const forms = secrets.flatMap((secret) => formsOf(secret).map((form) => ({ secret, form })))
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .flatMap((entry) => {
      const path = join(entry.parentPath, entry.name)
      const content = readFileSync(path)
      return forms
        .filter(({ form: [, bytes] }) => content.includes(bytes) || path.includes(String(bytes)))
        .map(({ secret, form: [form] }) => `${path}: ${secret} as ${form}`)
    })
}
