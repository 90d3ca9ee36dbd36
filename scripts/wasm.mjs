/** `npm run wasm`: makes src/engine/streams/byte-search-module.ts from byte-search.wat. */
import { readFileSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import wabt from 'wabt'

const folder = resolve(import.meta.dirname, '../src/engine/streams')
const source = readFileSync(resolve(folder, 'byte-search.wat'), 'utf8')
const compiler = await wabt()
const { buffer } = compiler.parseWat('byte-search.wat', source, { simd: true }).toBinary({})
const lines = Buffer.from(buffer)
  .toString('base64')
  .replace(/.{1,100}/g, "  '$&',\n")
const comment = '/** byte-search.wat in binary form, made by `npm run wasm`; a test compares the two. */'
writeFileSync(
  resolve(folder, 'byte-search-module.ts'),
  `${comment}\nexport const byteSearchModule = [\n${lines}].join('')\n`,
)
