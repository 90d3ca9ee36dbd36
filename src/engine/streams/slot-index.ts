/**
 * One row among all that are kept: the place of its chunk in the upper 16 bits, its row in the lower.
 * Positions are virtual: the oldest slot is at `first`, and only inserting or removing further back moves it,
 * so what is on screen keeps its position while rows come at the end and leave at the start.
 */
export class SlotIndex {
  #slots = new Uint32Array(1_024)
  #start = 512
  #end = 512
  #first = 0

  get first(): number {
    return this.#first
  }

  get end(): number {
    return this.#first + this.#end - this.#start
  }

  get length(): number {
    return this.#end - this.#start
  }

  get held(): number {
    return this.#slots.byteLength
  }

  /** Gives the slot behind the newest this position, and the others theirs before it. */
  alignEnd(position: number): void {
    this.#first = position - this.length
  }

  at(position: number): number | undefined {
    const at = position - this.#first + this.#start
    return at >= this.#start && at < this.#end ? this.#slots[at] : undefined
  }

  /** Position of the first slot for which `reached` holds; it must hold for all that come after it. */
  search(reached: (slot: number) => boolean): number {
    let low = this.#start
    let high = this.#end
    while (low < high) {
      const middle = (low + high) >>> 1
      if (reached(this.#slots[middle] ?? 0)) high = middle
      else low = middle + 1
    }
    return low - this.#start + this.#first
  }

  /** Merges slots that are in order into those there are, by moving the shorter side. */
  merge(added: Uint32Array, before: (a: number, b: number) => boolean): void {
    const [head] = added
    const tail = added.at(-1)
    if (head === undefined || tail === undefined) return
    const last = this.#slots[this.#end - 1] ?? 0
    if (this.#start === this.#end || before(last, head)) return this.#append(added)
    if (before(tail, this.#slots[this.#start] ?? 0)) return this.#prepend(added)
    this.#weave(added, before)
  }

  /** Takes out slots for which `gone` holds, looking from the start up to a position. */
  remove(until: number, gone: (slot: number) => boolean): number {
    const stop = Math.min(this.#end, until - this.#first + this.#start)
    let write = stop
    for (let read = stop - 1; read >= this.#start; read--) {
      const slot = this.#slots[read] ?? 0
      if (!gone(slot)) this.#slots[--write] = slot
    }
    const removed = write - this.#start
    this.#start = write
    this.#first += removed
    return removed
  }

  #append(added: Uint32Array): void {
    if (this.#end + added.length > this.#slots.length) this.#grow(0, added.length)
    this.#slots.set(added, this.#end)
    this.#end += added.length
  }

  #prepend(added: Uint32Array): void {
    if (this.#start < added.length) this.#grow(added.length, 0)
    this.#start -= added.length
    this.#first -= added.length
    this.#slots.set(added, this.#start)
  }

  #weave(added: Uint32Array, before: (a: number, b: number) => boolean): void {
    const head = added[0] ?? 0
    const place = this.search((slot) => !before(slot, head)) - this.#first + this.#start
    if (this.#end - place <= place - this.#start) this.#weaveFromEnd(added, before)
    else this.#weaveFromStart(added, before)
  }

  /** Slots behind the last place of insertion keep their position; those before it move down. */
  #weaveFromStart(added: Uint32Array, before: (a: number, b: number) => boolean): void {
    if (this.#start < added.length) this.#grow(added.length, 0)
    const slots = this.#slots
    let read = this.#start
    let write = this.#start - added.length
    this.#start = write
    this.#first -= added.length
    let next = 0
    while (next < added.length) {
      const slot = slots[read] ?? 0
      const candidate = added[next] ?? 0
      if (read < this.#end && before(slot, candidate)) {
        slots[write++] = slot
        read++
      } else {
        slots[write++] = candidate
        next++
      }
    }
  }

  /** The other way round: slots before the first place keep theirs, the few behind it move up. */
  #weaveFromEnd(added: Uint32Array, before: (a: number, b: number) => boolean): void {
    if (this.#end + added.length > this.#slots.length) this.#grow(0, added.length)
    const slots = this.#slots
    let read = this.#end - 1
    let write = this.#end + added.length - 1
    this.#end += added.length
    let next = added.length - 1
    while (next >= 0) {
      const slot = slots[read] ?? 0
      const candidate = added[next] ?? 0
      if (read >= this.#start && before(candidate, slot)) {
        slots[write--] = slot
        read--
      } else {
        slots[write--] = candidate
        next--
      }
    }
  }

  #grow(front: number, back: number): void {
    const length = this.length
    const spare = Math.max(512, length >>> 1)
    const grown = new Uint32Array(length + front + back + 2 * spare)
    const start = front + spare
    grown.set(this.#slots.subarray(this.#start, this.#end), start)
    this.#slots = grown
    this.#start = start
    this.#end = start + length
  }
}
