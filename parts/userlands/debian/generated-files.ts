/**
 * Files that maintainer scripts and triggers write and that are known: the same bytes each time, or known to vary without
 * being anybody's secret. All others are looked at (varying-files.ts). Patterns of whole paths.
 */

/** The same packages give the same bytes, as `ldf verify` proves. */
export const deterministic: readonly RegExp[] = [
  // Written by LDF itself, before or between the packages.
  /^\/etc\/(hostname|hosts|locale\.gen|locale\.conf|timezone|machine-id)$/,
  /^\/usr\/sbin\/policy-rc\.d$/,
  // dpkg, debconf, ucf, deb-systemd-helper, alternatives: they list what is installed. Passwords are in another file.
  /^\/var\/lib\/dpkg\//,
  /^\/var\/cache\/debconf\/(config|templates)\.dat(-old)?$/,
  /^\/var\/lib\/ucf\//,
  /^\/var\/lib\/systemd\/(deb-systemd-helper-|deb-systemd-user-helper-|catalog\/)/,
  /^\/var\/lib\/(shells\.state|update-rc\.d\/)/,
  /^\/etc\/(shells|modules|networks|environment|nsswitch\.conf|subuid|subgid|rpc|inetd\.conf)-?$/,
  /^\/etc\/(passwd|group|shadow|gshadow)-?$/,
  /^\/(etc|var)\/\.updated$/,
  /^\/etc\/(profile|skel|default\/(locale|keyboard|console-setup))(\/|$)/,
  // pam-auth-update(8), update-ca-certificates(8), SGML and XML catalogues, AppArmor's local additions.
  /^\/etc\/pam\.d\/common-/,
  /^\/var\/lib\/pam\//,
  /^\/etc\/ca-certificates\.conf$/,
  /^\/etc\/ssl\/certs\/(ca-certificates\.crt|java\/cacerts)$/,
  /^\/etc\/(sgml|xml)\//,
  /^\/var\/lib\/(sgml-base|xml-core)\//,
  /^\/etc\/apparmor\.d\/local\//,
  // SELinux's policy, which semodule(8) compiles of modules.
  /^\/(etc|var\/lib)\/selinux\//,
  // Indexes and caches of what packages bring: made by triggers, from packaged files alone.
  /^\/etc\/ld\.so\.cache$/,
  /^\/(usr\/lib|etc)\/udev\/hwdb\.bin$/,
  /^\/usr\/lib\/locale\//,
  /\/__pycache__\/[^/]+\.pyc$/,
  /^\/usr\/share\/(mime|info|icons|fonts|applications|glib-2\.0|vim|ghostscript|perl)\//,
  /\/(gschemas\.compiled|icon-theme\.cache|loaders\.cache|immodules\.cache|giomodule\.cache|mimeinfo\.cache)$/,
  /^\/var\/(cache|lib)\/(dictionaries-common|aspell|ispell|emacsen-common|fontconfig|man|apt|ieee-data|texmf)\//,
  /^\/var\/lib\/(python|mime|swcatalog|AppStream|initramfs-tools|kernel)\//,
  // Modules that dkms(8) compiles.
  /^\/usr\/lib\/modules\//,
  /^\/var\/lib\/dkms\//,
  /^\/boot\//,
];

/** Data folders of databases: where and when they were made stands in them, in many places, and no secret does. */
export const varyingFolders: readonly RegExp[] = [/^\/var\/lib\/(postgresql|mysql)\//];

/** Removed or replaced before the tree is packed, mounted over at boot, or no files at all. */
export const passedOver: readonly string[] = [
  '/var/cache/ldconfig/aux-cache',
  '/var/lib/dbus/machine-id',
  '/ldf-packages',
  '/dev',
  '/proc',
  '/sys',
  '/run',
  '/tmp',
  '/var/tmp',
  '/var/log',
];
