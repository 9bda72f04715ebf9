/** Linux capabilities as Docker names them. */
export type Capability =
  | 'CHOWN'
  | 'DAC_OVERRIDE'
  | 'FOWNER'
  | 'FSETID'
  | 'MKNOD'
  | 'SETGID'
  | 'SETUID'
  | 'SETFCAP'
  | 'SYS_CHROOT';
