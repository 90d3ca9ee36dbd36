/** The little of WebAssembly that the search uses: Node has it, its types leave it to the DOM's. */
declare namespace WebAssembly {
  interface Module {
    readonly compiled: never
  }
  const Module: new (bytes: Uint8Array) => Module
  class Instance {
    constructor(module: Module)
    readonly exports: Readonly<Record<string, unknown>>
  }
  class Memory {
    readonly buffer: ArrayBuffer
    grow(pages: number): number
  }
}
