import { onBeforeUnmount, onMounted, type ShallowRef } from 'vue'
import { redraws, type RedrawHandle, type Size } from './redraw'

/**
 * Lets a component draw into one of its elements when the page's scheduler says so. The answer asks for a
 * drawing; the first one, and those after a change of size or theme, come by themselves.
 */
export function useDrawing(
  element: Readonly<ShallowRef<Element | null>>,
  small: boolean,
  draw: (size: Size) => void,
): () => void {
  let handle: RedrawHandle | null = null
  onMounted(() => {
    if (element.value) handle = redraws().add({ element: element.value, small, draw })
  })
  onBeforeUnmount(() => handle?.remove())
  return () => handle?.request()
}
