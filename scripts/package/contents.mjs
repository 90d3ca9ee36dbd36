/** What a package may hold and what it must hold, by the paths within its asar. */
const allowed = [
  /^package\.json$/,
  /^LICENSE$/,
  /^out\/node\/(desktop(-engine)?|simulate)\.js$/,
  /^out\/node\/chunks\/[\w.-]+\.js$/,
  /^out\/preload\/index\.cjs$/,
  /^out\/renderer\/index\.html$/,
  /^out\/renderer\/(assets\/)?[\w.-]+\.(js|css|svg|woff2|png|wasm)$/,
  /^node_modules\/(ssh2|asn1|bcrypt-pbkdf|safer-buffer|tweetnacl|valibot|cpu-features|nan|buildcheck)\/(?!.*\.(map|md|ts|c|cc|h)$)/,
]
const needed = [
  'package.json',
  'out/node/desktop.js',
  'out/node/desktop-engine.js',
  'out/node/simulate.js',
  'out/preload/index.cjs',
  'out/renderer/index.html',
  'node_modules/ssh2/lib/index.js',
  'node_modules/valibot/package.json',
]

/** What is wrong with a list of paths. */
export function wrongContents(paths) {
  return [
    ...paths
      .filter((path) => !allowed.some((one) => one.test(path)))
      .map((path) => `${path} does not belong there`),
    ...needed.filter((path) => !paths.includes(path)).map((path) => `${path} is missing`),
  ]
}

/**
 * Paths of the files in an asar, and those without a hash. Its header is JSON behind four 32-bit sizes, little endian,
 * the last of which is its own (https://github.com/electron/asar#format).
 */
export function readAsar(archive) {
  const length = archive.readUInt32LE(12)
  if (archive.readUInt32LE(0) !== 4 || 16 + length > archive.length) throw new Error('The file is no asar.')
  const header = JSON.parse(archive.subarray(16, 16 + length).toString('utf8'))
  const paths = []
  const unsealed = []
  const visit = (node, path) => {
    for (const [name, child] of Object.entries(node.files ?? {})) {
      const full = path === '' ? name : `${path}/${name}`
      if (child.files) visit(child, full)
      else {
        paths.push(full)
        if (child.integrity?.algorithm !== 'SHA256') unsealed.push(full)
      }
    }
  }
  visit(header, '')
  return { paths, unsealed }
}
