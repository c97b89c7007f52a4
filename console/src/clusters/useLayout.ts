import { useEffect, useState } from 'react';
import type { Graph } from './graph';
import type { Wanted } from './layout.worker';

export interface Layout {
  /** x and y of each node, one after another. */
  places: Float32Array;
  isDone: boolean;
}

/** Where the nodes of a graph lie, while they settle and after. */
export function useLayout(graph: Graph): Layout | undefined {
  const [laid, setLaid] = useState<{ graph: Graph; layout: Layout }>();
  useEffect(() => {
    const worker = new Worker(new URL('./layout.worker.ts', import.meta.url), { type: 'module' });
    worker.onmessage = ({ data }: MessageEvent<Layout>) => setLaid({ graph, layout: data });
    const wanted: Wanted = {
      count: graph.nodes.length,
      links: graph.links.map(({ source, target, weight }) => ({ source, target, weight })),
    };
    worker.postMessage(wanted);
    return () => worker.terminate();
  }, [graph]);
  // Places of an earlier graph say nothing of this one.
  return laid?.graph === graph ? laid.layout : undefined;
}
