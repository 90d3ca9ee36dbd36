/**
 * Electron's fuses are bytes in its binary behind this mark: a version, a count, then one character each
 * (https://www.electronjs.org/docs/latest/tutorial/fuses).
 */
const mark = Buffer.from('dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX')
const order = [
  'runAsNode',
  'enableCookieEncryption',
  'enableNodeOptionsEnvironmentVariable',
  'enableNodeCliInspectArguments',
  'enableEmbeddedAsarIntegrityValidation',
  'onlyLoadAppFromAsar',
  'loadBrowserProcessSpecificV8Snapshot',
  'grantFileProtocolExtraPrivileges',
]

/** Fuses of a binary by name: true, false, or null where it has none of that name (removed, or not known to it). */
export function readFuses(binary) {
  const at = binary.indexOf(mark)
  if (at < 0) throw new Error('The file has no fuses: it is no binary of Electron.')
  const [version, count] = binary.subarray(at + mark.length)
  if (version !== 1) throw new Error(`The file's fuses are of version ${version}, which is not known here.`)
  const wire = binary.subarray(at + mark.length + 2, at + mark.length + 2 + count)
  const state = { 0x30: false, 0x31: true }
  return Object.fromEntries(order.map((name, index) => [name, state[wire[index]] ?? null]))
}

/** What of `wanted` a binary does not have; every copy in it is looked at (macOS's universal ones hold two). */
export function wrongFuses(binary, wanted) {
  const wrong = []
  for (let from = binary.indexOf(mark); from >= 0; from = binary.indexOf(mark, from + 1)) {
    const fuses = readFuses(binary.subarray(from))
    for (const [name, value] of Object.entries(wanted)) if (fuses[name] !== value) wrong.push(name)
  }
  return binary.includes(mark) ? [...new Set(wrong)] : ['the file has no fuses']
}
