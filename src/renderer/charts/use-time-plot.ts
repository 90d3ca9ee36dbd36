import { onBeforeUnmount, ref, shallowRef, type Ref, type ShallowRef } from 'vue'
import type { PlotGeometry } from './geometry'
import type * as plots from './plot'
import type { Size } from './redraw'
import { chartTheme } from './theme'
import { useDrawing } from './use-drawing'

let loading: Promise<typeof plots> | null = null

/** ECharts takes more than 100 ms to evaluate: it is fetched once, when the first chart is on screen. */
function loadPlots(): Promise<typeof plots> {
  loading ??= import('./plot').catch((error: unknown) => {
    loading = null
    throw error
  })
  return loading
}

/** The plot of a chart component: made when first drawn, disposed with the component. */
export function useTimePlot(
  host: Readonly<ShallowRef<HTMLElement | null>>,
  input: () => plots.PlotInput,
  drawn: (geometry: PlotGeometry) => void,
): {
  geometry: Readonly<ShallowRef<PlotGeometry | null>>
  failed: Readonly<Ref<boolean>>
  request: () => void
} {
  const geometry = shallowRef<PlotGeometry | null>(null)
  const failed = ref(false)
  let plot: plots.TimePlot | null = null
  let gone = false

  const request = useDrawing(host, false, (size) => {
    // A chart in a box without room would get a canvas of nothing.
    if (size.width < 1 || size.height < 1) return
    if (plot) show(plot, size)
    else create(size)
  })

  function show(existing: plots.TimePlot, size: Size): void {
    geometry.value = existing.draw(input(), chartTheme(), size)
    drawn(geometry.value)
  }

  function create(size: Size): void {
    loadPlots().then(
      (module) => {
        if (gone || plot || !host.value) return
        plot = new module.TimePlot(host.value, size)
        failed.value = false
        request()
      },
      () => (failed.value = true),
    )
  }

  onBeforeUnmount(() => {
    gone = true
    plot?.dispose()
    plot = null
  })
  return { geometry, failed, request }
}
