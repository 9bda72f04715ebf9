/** What the quickstart says at its end: the ways on from here. Pure. */
import { posix } from 'node:path';

/** A word that a shell reads as it is. */
const plainWord = /^[\w./:@%+=-]+$/;

/** QEMU's name of what is in an image of each format; one that is packed has to be unpacked first. */
const qemuFormats = { raw: 'raw', qcow2: 'qcow2' };

/**
 * @param {object} done
 * @param {string} done.output  The folder with the images.
 * @param {boolean} done.compiled
 * @param {string} done.arch
 * @param {readonly { name: string, format: string }[]} done.artifacts
 * @param {boolean} done.served  Whether the server still runs.
 * @returns {string[]}
 */
export function nextSteps({ output, compiled, arch, artifacts, served }) {
  const name = compiled ? 'minimal' : 'instant';
  return [
    '',
    'What next?',
    '',
    '  Boot it on the server, with a shell of root (Ctrl-] ends it):',
    `    node dist/ldf.js boot ${name} --root`,
    ...bootLines(output, arch, artifacts),
    '',
    '  Change one thing, and see what is built again and what is taken from the cache:',
    `    (cat examples/${name}.yaml; echo 'userland: { packages: [htop] }') | node dist/ldf.js build -f - --output ${quoted(output)}`,
    ...(compiled
      ? []
      : [
          '',
          '  The same with a kernel of your own, which takes its time the first time:',
          '    npm run quickstart -- --compile',
        ]),
    '',
    '  A definition of your own, from one of the examples:',
    '    node dist/ldf.js init',
    '',
    served ? '  The same in the browser, by a link that `open` prints:' : '  The same in the browser:',
    ...(served ? [] : ['    node dist/ldf.js serve   # and in a second terminal:']),
    '    node dist/ldf.js open',
  ];
}

/**
 * @param {string} output
 * @param {string} arch
 * @param {readonly { name: string, format: string }[]} artifacts
 * @returns {string[]}
 */
function bootLines(output, arch, artifacts) {
  for (const [format, qemuFormat] of Object.entries(qemuFormats)) {
    const image = artifacts.find((artifact) => artifact.format === format);
    if (image && arch === 'x86_64')
      return [
        '',
        '  Boot it in QEMU, with a shell of root (packages qemu-system-x86 and ovmf; Ctrl-A X ends it):',
        ...qemuCommand(posix.join(output, image.name), qemuFormat).map((line) => `    ${line}`),
      ];
  }
  return [];
}

/**
 * The machine is one that boots by UEFI; KVM where there is one. Of the image nobody can log in, as it has no password: the
 * credentials (systemd.system-credentials(7), `agetty.autologin`) do it for this machine alone. What it writes to its disk
 * goes with it, so that the image stays what was tested.
 * @param {string} image
 * @param {string} format
 * @returns {string[]} lines of one command of a shell
 */
export function qemuCommand(image, format) {
  // QEMU takes a comma in a file's name doubled.
  const drive = `if=virtio,format=${format},file=${image.replaceAll(',', ',,')}`;
  return [
    'qemu-system-x86_64 -machine q35,accel=kvm:tcg -cpu max -m 1G -nographic -snapshot \\',
    '  -bios /usr/share/ovmf/OVMF.fd \\',
    `  -drive ${quoted(drive)} \\`,
    '  -nic user,model=virtio-net-pci \\',
    '  -smbios type=11,value=io.systemd.credential:agetty.autologin=root \\',
    '  -smbios type=11,value=io.systemd.credential:login.noauth=yes',
  ];
}

/** @param {string} word */
function quoted(word) {
  return plainWord.test(word.replaceAll(',', '')) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
