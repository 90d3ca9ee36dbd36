import { onBeforeUnmount, onMounted, readonly, shallowRef, type ShallowRef } from 'vue'

/** Height of an element's content, CSS pixels, as it changes; 0 before it is in the page. */
export function useElementHeight(
  element: Readonly<ShallowRef<Element | null>>,
): Readonly<ShallowRef<number>> {
  const height = shallowRef(0)
  const observer = new ResizeObserver((entries) => {
    for (const { contentRect } of entries) height.value = Math.floor(contentRect.height)
  })
  onMounted(() => {
    if (element.value) observer.observe(element.value)
  })
  onBeforeUnmount(() => observer.disconnect())
  return readonly(height)
}
