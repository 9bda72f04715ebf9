/** What one does with an image: lines to copy, and who can log in to it. */
import { describe, expect, it } from 'vitest';
import { accountsOf } from '../../../src/webui/views/image/accounts.ts';
import { runLines } from '../../../src/webui/views/image/run-lines.ts';

describe('lines to run an image', () => {
  const disk = { mediaType: 'application/octet-stream', disk: 'whole', sparse: true } as const;
  const commands = (change: Partial<Parameters<typeof runLines>[0]>, arch: 'x86_64' | 'aarch64' = 'x86_64') =>
    runLines({ ...disk, name: 'a.raw', ...change }, arch).map(({ command }) => command);

  it('are words of a shell, whatever the file is called', () => {
    const [run, keep, write] = commands({ name: "it's a,b.raw" });
    expect(run).toContain(`-drive 'if=virtio,format=raw,file=it'\\''s a,,b.raw'`);
    expect(run).toContain('-snapshot');
    expect(keep).toContain(`--import --disk 'path=it'\\''s a,,b.raw,bus=virtio'`);
    expect(write).toBe(`sudo dd of=/dev/sdX bs=4M conv=fsync status=progress if='it'\\''s a,b.raw'`);
  });

  it('unpack what is packed, and bring every form of a disk onto one', () => {
    expect(commands({ name: 'a.raw.zst', mediaType: 'application/zstd', sparse: false }, 'aarch64')).toEqual([
      expect.stringMatching(/^zstd -dk a\.raw\.zst && qemu-system-aarch64 -machine virt.*file=a\.raw /),
      expect.stringMatching(/^zstd -dk a\.raw\.zst && virt-install --name a --arch aarch64 .*path=a\.raw,/),
      'zstd -dk a.raw.zst && sudo qemu-img convert -n -O raw a.raw /dev/sdX',
    ]);
    expect(commands({ sparse: false, name: 'a.qcow2' })[2]).toBe('sudo qemu-img convert -n -O raw a.qcow2 /dev/sdX');
    expect(commands({ disk: 'cdrom', name: 'a.iso' })).toEqual([
      expect.stringContaining(' -cdrom a.iso '),
      expect.stringContaining(' --cdrom a.iso '),
      expect.stringContaining('sudo dd '),
    ]);
    expect(commands({ disk: null, name: 'a.tar' })).toEqual([]);
    expect(commands({ disk: 'network', name: 'a,b' })).toEqual([
      expect.stringContaining('-nic user,model=virtio-net-pci,tftp=.,bootfile=a,,b'),
      expect.stringContaining('http.server'),
    ]);
    expect(commands({ disk: 'network', name: 'a' }, 'aarch64')).toHaveLength(1);
  });
});

it('those who can log in are users with a password or a key', () => {
  const users = [
    { name: 'ops', passwordHash: '$6$x', sshKeys: ['k'], sudo: true },
    { name: 'root', passwordHash: '$6$x' },
    { name: 'none', sshKeys: [] },
  ];
  expect(accountsOf({ system: { users } })).toEqual(['ops (password or SSH key, sudo)', 'root (password)']);
  expect(accountsOf({ name: 'gw' })).toEqual([]);
  expect(accountsOf({ system: { users: 'x' } })).toEqual([]);
});
