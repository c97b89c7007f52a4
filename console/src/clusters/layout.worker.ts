// Lays a graph out off the page's thread, and shows how far it has come.
import {
  type SimulationLinkDatum,
  forceCollide,
  forceLink,
  forceManyBody,
  forceSimulation,
  forceX,
  forceY,
} from 'd3-force';

export interface Wanted {
  count: number;
  links: { source: number; target: number; weight: number }[];
}

interface Placed {
  index?: number;
  x?: number;
  y?: number;
}

const TICKS = 220;
const TICKS_SHOWN = 12;

self.onmessage = ({ data }: MessageEvent<Wanted>) => {
  const nodes: Placed[] = Array.from({ length: data.count }, () => ({}));
  const links: (SimulationLinkDatum<Placed> & { weight: number })[] = data.links.map((link) => ({ ...link }));
  const simulation = forceSimulation(nodes)
    .force('charge', forceManyBody().strength(-45).theta(1.1).distanceMax(700))
    .force(
      'link',
      forceLink(links)
        .distance(34)
        .strength((link) => Math.min(0.7, 0.06 + link.weight / 25)),
    )
    .force('collide', forceCollide(7))
    .force('x', forceX(0).strength(0.03))
    .force('y', forceY(0).strength(0.03))
    .alphaDecay(1 - 0.001 ** (1 / TICKS))
    .stop();
  for (let tick = 1; tick <= TICKS; tick += 1) {
    simulation.tick();
    if (tick % TICKS_SHOWN === 0 || tick === TICKS) {
      const places = new Float32Array(nodes.flatMap(({ x = 0, y = 0 }) => [x, y]));
      self.postMessage({ places, isDone: tick === TICKS });
    }
  }
};
