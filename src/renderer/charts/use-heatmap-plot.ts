import { onBeforeUnmount, ref, shallowRef, type Ref, type ShallowRef } from 'vue'
import type { PlotGeometry } from './geometry'
import type { Heatmap } from './heatmap'
import type * as plots from './heatmap-plot'
import type { Size } from './redraw'
import type { ChartThreshold } from './series'
import { chartTheme } from './theme'
import { useDrawing } from './use-drawing'

/** The plot of a heatmap: loads ECharts when it is drawn first, disposed with the component. */
export function useHeatmapPlot(
  host: Readonly<ShallowRef<HTMLElement | null>>,
  input: (size: Size) => Heatmap | null,
  thresholds: () => readonly ChartThreshold[],
): {
  geometry: Readonly<ShallowRef<PlotGeometry | null>>
  failed: Readonly<Ref<boolean>>
  request: () => void
} {
  const geometry = shallowRef<PlotGeometry | null>(null)
  const failed = ref(false)
  let module: typeof plots | null = null
  let plot: plots.HeatmapPlot | null = null
  let ratio = 0
  let gone = false

  async function load(): Promise<void> {
    try {
      module = await import('./heatmap-plot')
      failed.value = false
      if (!gone) request()
    } catch {
      failed.value = true
    }
  }

  const request = useDrawing(host, false, (size) => {
    const map = input(size)
    if (size.width < 60 || size.height < 40 || !host.value || !map) return
    if (!module) return void load()
    // Another zoom or another screen: a canvas keeps the resolution that it was made for.
    if (plot && ratio !== devicePixelRatio) {
      plot.dispose()
      plot = null
    }
    ratio = devicePixelRatio
    plot ??= new module.HeatmapPlot(host.value, size)
    geometry.value = plot.draw(map, chartTheme(), size, thresholds())
  })
  onBeforeUnmount(() => {
    gone = true
    plot?.dispose()
  })
  return { geometry, failed, request }
}
