/** What the double does not have must not look as if it worked: reading it throws. */
export function strict(name, api) {
  return new Proxy(api, {
    get(target, property) {
      // `then` is asked for by every await; symbols by inspection.
      if (typeof property === 'symbol' || property === 'then' || property in target) {
        const value = Reflect.get(target, property, target)
        return typeof value === 'function' && !isClass(value) ? value.bind(target) : value
      }
      throw new Error(`The test double of Electron has no ${name}.${property}.`)
    },
  })
}

const isClass = (value) => /^class\b/.test(Function.prototype.toString.call(value))

/** Emits as Electron does: listeners get an event with `preventDefault` first. Says whether one of them used it. */
export function emitPreventable(emitter, name, fields = {}, ...rest) {
  let prevented = false
  const event = {
    ...fields,
    preventDefault: () => (prevented = true),
    get defaultPrevented() {
      return prevented
    },
  }
  emitter.emit(name, event, ...rest)
  return prevented
}
