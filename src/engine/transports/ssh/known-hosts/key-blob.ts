import { DiagnosticError } from '@shared/errors'

/**
 * Public keys as they travel (RFC 4253 section 6.6, RFC 5656, RFC 8709, OpenSSH's PROTOCOL.u2f):
 * a string with the type's name, then the fields of that type, nothing behind them.
 */

type Field = 'mpint' | 'string' | 'curve' | 'point' | 'ed25519'

const layouts = new Map<string, readonly Field[]>([
  ['ssh-ed25519', ['ed25519']],
  ['ecdsa-sha2-nistp256', ['curve', 'point']],
  ['ecdsa-sha2-nistp384', ['curve', 'point']],
  ['ecdsa-sha2-nistp521', ['curve', 'point']],
  ['ssh-rsa', ['mpint', 'mpint']],
  ['ssh-dss', ['mpint', 'mpint', 'mpint', 'mpint']],
  ['sk-ssh-ed25519@openssh.com', ['ed25519', 'string']],
  ['sk-ecdsa-sha2-nistp256@openssh.com', ['curve', 'point', 'string']],
])
const pointLength = new Map([
  ['nistp256', 65],
  ['nistp384', 97],
  ['nistp521', 133],
])
/** OpenSSH refuses shorter RSA keys. */
const shortestRsaModulus = 1024
const longestInteger = 2049

/** The key type behind a host key algorithm: RSA keys sign as rsa-sha2-256, rsa-sha2-512 and ssh-rsa. */
export function keyTypeOf(algorithm: string): string {
  return algorithm === 'rsa-sha2-256' || algorithm === 'rsa-sha2-512' ? 'ssh-rsa' : algorithm
}

export function isKeyType(type: string): boolean {
  return layouts.has(type)
}

/** The type of a well-formed public key; null when the bytes are none, or of a type unknown here. */
export function keyTypeOfBlob(blob: Uint8Array): string | null {
  const bytes = Buffer.from(blob.buffer, blob.byteOffset, blob.byteLength)
  const [name, ...rest] = splitStrings(bytes) ?? []
  if (name === undefined) return null
  const type = name.toString('latin1')
  const fields = layouts.get(type)
  if (fields?.length !== rest.length) return null
  let curve = ''
  for (const [index, field] of fields.entries()) {
    const content = rest[index]
    if (content === undefined || !isField(field, content, curve)) return null
    if (field === 'curve') curve = content.toString('latin1')
  }
  if (curve !== '' && !type.includes(`-${curve}`)) return null
  if (type === 'ssh-rsa' && bitLength(rest[1]) < shortestRsaModulus) return null
  return type
}

/** The type of the key that a host sent; refused with `bad-data` when it cannot be read. */
export function requireKeyType(blob: Uint8Array, where: string): string {
  const type = keyTypeOfBlob(blob)
  if (type !== null) return type
  throw new DiagnosticError('bad-data', 'The host key that was sent cannot be read.', {
    where,
    hint: 'Check that an SSH server answers at this address and port, and which host keys it is set up with.',
  })
}

function splitStrings(bytes: Buffer): Buffer[] | null {
  const strings: Buffer[] = []
  let at = 0
  while (at < bytes.length) {
    if (at + 4 > bytes.length) return null
    const end = at + 4 + bytes.readUInt32BE(at)
    if (end > bytes.length) return null
    strings.push(bytes.subarray(at + 4, end))
    at = end
  }
  return strings
}

function isField(field: Field, content: Buffer, curve: string): boolean {
  switch (field) {
    case 'mpint':
      return content.length <= longestInteger && ((content[0] ?? 0) & 0x80) === 0
    case 'string':
      return true
    case 'curve':
      return pointLength.has(content.toString('latin1'))
    case 'point':
      return content.length === pointLength.get(curve) && content[0] === 4
    case 'ed25519':
      return content.length === 32
  }
}

function bitLength(integer: Buffer | undefined): number {
  const first = integer?.findIndex((byte) => byte !== 0) ?? -1
  if (integer === undefined || first < 0) return 0
  return (integer.length - first - 1) * 8 + (32 - Math.clz32(integer[first] ?? 0))
}
