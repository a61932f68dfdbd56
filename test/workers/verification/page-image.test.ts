import assert from 'node:assert/strict';
import sharp from 'sharp';
import { preparePage, preparePicture, turn, turnsToTry } from '../../../workers/verification/page-image.ts';
import { addNoise, drawCertificate, rotate } from './documents.ts';

describe('a page’s image', function () {
  this.timeout(60_000);

  it('is grey and no larger than A4 at 154 dpi, nor very small', async () => {
    for (const [width, height, expected] of [
      [2_480, 3_508, [1_273, 1_800]],
      [1_240, 1_754, [1_240, 1_754]],
      [600, 400, [1_200, 800]],
    ] as const) {
      const source = sharp({ create: { width, height, channels: 4, background: '#f008' } });
      const page = await preparePage(await source.png().toBuffer());
      const { channels, hasAlpha } = await sharp(page.bytes).metadata();
      assert.deepEqual([page.width, page.height, channels, hasAlpha], [...expected, 1, false]);
    }
  });

  it('is turned as its EXIF and its PDF say', async () => {
    const lying = await sharp(await drawCertificate())
      .rotate(90)
      .jpeg()
      .withMetadata({ orientation: 8 })
      .toBuffer();
    const { width, height } = await preparePage(lying);
    assert.ok(width < height);
    const turned = await preparePage(lying, 90);
    assert.deepEqual([turned.width, turned.height], [height, width]);
  });

  it('shows which way its lines run, noise or not', async () => {
    const upright = await drawCertificate(undefined, 28);
    for (const degrees of [0, 90, 180, 270])
      for (const sigma of [0, 60]) {
        const turned = await rotate(upright, degrees);
        const page = await preparePage(sigma === 0 ? turned : await addNoise(turned, sigma));
        const [first = 0, second = 0] = await turnsToTry(page);
        assert.ok(
          [first, second].some(back => (degrees + back) % 360 === 0),
          `${degrees} at ${sigma}`,
        );
        assert.equal((await turn(page, 90)).width, page.height);
      }
  });

  it('comes to a vision model without what a camera writes into it', async () => {
    const exif = { IFD0: { Copyright: 'me' }, IFD3: { GPSLatitude: '51/1 30/1 0/1' } };
    const photo = await sharp(await drawCertificate())
      .jpeg()
      .withExif(exif)
      .toBuffer();
    assert.ok((await sharp(photo).metadata()).exif);
    const { exif: left, format, width, height } = await sharp(await preparePicture(photo)).metadata();
    assert.deepEqual([left, format, width, height], [undefined, 'jpeg', 724, 1_024]);
  });
});
