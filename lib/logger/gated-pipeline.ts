import type { Config } from '../config.ts'
import type { Finder } from '../scrub/finder.ts'
import { Gate } from '../scrub/gate.ts'
import { Pipeline, type PipelineOptions } from './pipeline.ts'

/** A pipeline behind a gate of its own, which asks it for the line that stands for one that was withheld. */
export function gatedPipeline(
  { scrub, service, host }: Config,
  finder: Finder,
  options: Pick<PipelineOptions, 'sinks' | 'durability' | 'onError'>,
): { gate: Gate; pipeline: Pipeline } {
  const gate: Gate = new Gate({
    finder,
    onScrub: scrub.onScrub,
    stub: (error, level) => pipeline.stub(error, level),
  })
  const pipeline = new Pipeline({ gate, identity: { service, host, pid: process.pid }, ...options })
  return { gate, pipeline }
}
