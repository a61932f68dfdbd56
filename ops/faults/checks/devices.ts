import type { Client } from '../client.ts';
import { Device } from '../work/field.ts';
import { type Finding, finding } from './finding.ts';

/** Each device, once it has pulled, knows what one knows that begins anew. */
export async function checkDevices(client: Client, devices: readonly Device[]): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const device of devices) {
    await device.turn(() => device.pull({ client }));
    const fresh = new Device(device.company);
    await fresh.pull({ client });
    const ids = new Set([...device.records.keys(), ...fresh.records.keys()]);
    const different = [...ids].filter(id => device.records.get(id) !== fresh.records.get(id));
    for (const id of different.slice(0, 5)) {
      const [own, there] = [device.records.get(id) ?? 'nothing', fresh.records.get(id) ?? 'nothing'];
      findings.push(finding('wrong', `device ${device.id} knows ${own} of ${id}, the server ${there}`));
    }
  }
  return findings;
}
