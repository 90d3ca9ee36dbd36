const double = new URL('./electron.mjs', import.meta.url).href

export async function resolve(specifier, context, next) {
  return specifier === 'electron' ? { url: double, shortCircuit: true } : next(specifier, context)
}
