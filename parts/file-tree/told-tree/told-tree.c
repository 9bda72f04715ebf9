/*
 * For LD_PRELOAD under a mkfs that copies a folder: tells it the owners, modes, times, devices and attributes that the files
 * are to have, which no container without privileges could give them; names in their order, whatever file system the folder
 * lies on; and the same time and identifiers in every run.
 *
 * LDF_TOLD_TREE names the table: a line with the device number of the folder, and then for each file a line
 *     inode mode uid gid mtime major minor attributes
 * (mode octal with the type), followed by as many lines `name value`, the value in hexadecimal digits after an x.
 * LDF_TOLD_SEED is 32 hexadecimal digits, SOURCE_DATE_EPOCH the time. What is not in the table is told as it is.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <ftw.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/time.h>
#include <sys/types.h>
#include <sys/xattr.h>
#include <time.h>
#include <unistd.h>

struct attribute {
  char *name;
  unsigned char *value;
  size_t length;
};

struct told {
  unsigned long inode;
  unsigned mode, uid, gid, major, minor;
  long mtime;
  size_t count;
  struct attribute *attributes;
};

static struct told *table;
static size_t entries;
static dev_t device;
static int loaded;

static void fail(const char *why) {
  fprintf(stderr, "told-tree: %s\n", why);
  _exit(99);
}

static void *grown(void *old, size_t bytes) {
  void *new = realloc(old, bytes);
  if (!new) fail("no memory");
  return new;
}

static int by_inode(const void *a, const void *b) {
  const struct told *x = a, *y = b;
  return x->inode < y->inode ? -1 : x->inode > y->inode;
}

static void read_attribute(FILE *file, struct attribute *to) {
  char name[256];
  char *digits = NULL;
  if (fscanf(file, "%255s x%m[0-9a-f]", name, &digits) < 1) fail("the table is damaged");
  to->name = strdup(name);
  to->length = digits ? strlen(digits) / 2 : 0;
  to->value = grown(NULL, to->length + 1);
  for (size_t i = 0; i < to->length; i++)
    if (sscanf(digits + 2 * i, "%2hhx", &to->value[i]) != 1) fail("the table is damaged");
  free(digits);
}

static void load(void) {
  if (loaded) return;
  loaded = 1;
  const char *path = getenv("LDF_TOLD_TREE");
  FILE *file = path ? fopen(path, "r") : NULL;
  unsigned long number;
  if (!file || fscanf(file, "%lu", &number) != 1) fail("the table cannot be read");
  device = number;
  struct told one;
  size_t room = 0;
  int fields;
  while ((fields = fscanf(file, "%lu %o %u %u %ld %u %u %zu", &one.inode, &one.mode, &one.uid, &one.gid, &one.mtime,
                          &one.major, &one.minor, &one.count)) == 8) {
    one.attributes = one.count ? grown(NULL, one.count * sizeof *one.attributes) : NULL;
    for (size_t i = 0; i < one.count; i++) read_attribute(file, &one.attributes[i]);
    if (entries == room) table = grown(table, (room = room ? 2 * room : 1024) * sizeof *table);
    table[entries++] = one;
  }
  if (fields != EOF) fail("the table is damaged");
  fclose(file);
  qsort(table, entries, sizeof *table, by_inode);
}

static struct told *find(dev_t dev, ino_t inode) {
  load();
  if (dev != device) return NULL;
  struct told wanted = {.inode = inode};
  return bsearch(&wanted, table, entries, sizeof *table, by_inode);
}

static int tell(int result, struct stat *stat) {
  struct told *told = result == 0 ? find(stat->st_dev, stat->st_ino) : NULL;
  if (!told) return result;
  stat->st_mode = told->mode;
  stat->st_uid = told->uid;
  stat->st_gid = told->gid;
  stat->st_rdev = makedev(told->major, told->minor);
  stat->st_mtim = stat->st_atim = stat->st_ctim = (struct timespec){.tv_sec = told->mtime};
  return 0;
}

/* stat and its variants; struct stat and struct stat64 are one on 64-bit machines. */
#define REAL(name, type) ((type)dlsym(RTLD_NEXT, name))
typedef int (*path_stat)(const char *, struct stat *);
typedef int (*fd_stat)(int, struct stat *);
typedef int (*at_stat)(int, const char *, struct stat *, int);
int stat(const char *path, struct stat *to) { return tell(REAL("stat", path_stat)(path, to), to); }
int lstat(const char *path, struct stat *to) { return tell(REAL("lstat", path_stat)(path, to), to); }
int fstat(int fd, struct stat *to) { return tell(REAL("fstat", fd_stat)(fd, to), to); }
int fstatat(int at, const char *path, struct stat *to, int flags) {
  return tell(REAL("fstatat", at_stat)(at, path, to, flags), to);
}
int stat64(const char *path, struct stat64 *to) { return stat(path, (struct stat *)to); }
int lstat64(const char *path, struct stat64 *to) { return lstat(path, (struct stat *)to); }
int fstat64(int fd, struct stat64 *to) { return fstat(fd, (struct stat *)to); }
int fstatat64(int at, const char *path, struct stat64 *to, int flags) {
  return fstatat(at, path, (struct stat *)to, flags);
}

/* Extended attributes: those of the table alone. */
static ssize_t names_of(const struct told *told, char *to, size_t size) {
  size_t need = 0;
  for (size_t i = 0; i < told->count; i++) {
    size_t length = strlen(told->attributes[i].name) + 1;
    if (size && need + length <= size) memcpy(to + need, told->attributes[i].name, length);
    need += length;
  }
  if (size && need > size) return errno = ERANGE, -1;
  return need;
}

static ssize_t value_of(const struct told *told, const char *name, void *to, size_t size) {
  for (size_t i = 0; i < told->count; i++) {
    const struct attribute *one = &told->attributes[i];
    if (strcmp(one->name, name) != 0) continue;
    if (size && one->length > size) return errno = ERANGE, -1;
    if (size) memcpy(to, one->value, one->length);
    return one->length;
  }
  return errno = ENODATA, -1;
}

static struct told *of_path(const char *path) {
  struct stat found;
  return REAL("lstat", path_stat)(path, &found) ? NULL : find(found.st_dev, found.st_ino);
}

static struct told *of_fd(int fd) {
  struct stat found;
  return REAL("fstat", fd_stat)(fd, &found) ? NULL : find(found.st_dev, found.st_ino);
}

ssize_t llistxattr(const char *path, char *to, size_t size) {
  struct told *told = of_path(path);
  return told ? names_of(told, to, size) : REAL("llistxattr", ssize_t(*)(const char *, char *, size_t))(path, to, size);
}
ssize_t flistxattr(int fd, char *to, size_t size) {
  struct told *told = of_fd(fd);
  return told ? names_of(told, to, size) : REAL("flistxattr", ssize_t(*)(int, char *, size_t))(fd, to, size);
}
ssize_t lgetxattr(const char *path, const char *name, void *to, size_t size) {
  struct told *told = of_path(path);
  return told ? value_of(told, name, to, size)
              : REAL("lgetxattr", ssize_t(*)(const char *, const char *, void *, size_t))(path, name, to, size);
}
ssize_t fgetxattr(int fd, const char *name, void *to, size_t size) {
  struct told *told = of_fd(fd);
  return told ? value_of(told, name, to, size)
              : REAL("fgetxattr", ssize_t(*)(int, const char *, void *, size_t))(fd, name, to, size);
}

/* nftw(3), physically and in the order of names; glibc's takes the order that folders have on their file system. */
typedef int (*visit)(const char *, const struct stat *, int, struct FTW *);

static int by_name(const struct dirent **a, const struct dirent **b) { return strcmp((*a)->d_name, (*b)->d_name); }

static int walk(const char *path, int base, int level, visit visit) {
  struct stat found;
  struct FTW place = {.base = base, .level = level};
  if (lstat(path, &found)) return visit(path, &found, FTW_NS, &place);
  if (!S_ISDIR(found.st_mode)) return visit(path, &found, S_ISLNK(found.st_mode) ? FTW_SL : FTW_F, &place);
  int result = visit(path, &found, FTW_D, &place);
  if (result) return result;
  struct dirent **names;
  int count = scandir(path, &names, NULL, by_name);
  if (count < 0) return visit(path, &found, FTW_DNR, &place);
  for (int i = 0; i < count; i++) {
    const char *name = names[i]->d_name;
    if (!result && strcmp(name, ".") != 0 && strcmp(name, "..") != 0) {
      char *below;
      if (asprintf(&below, "%s/%s", path, name) < 0) fail("no memory");
      result = walk(below, strlen(path) + 1, level + 1, visit);
      free(below);
    }
    free(names[i]);
  }
  free(names);
  return result;
}

int nftw(const char *path, visit visit, int descriptors, int flags) {
  (void)descriptors;
  if (flags != FTW_PHYS) fail("nftw is asked for what it does not do");
  const char *slash = strrchr(path, '/');
  return walk(path, slash ? slash - path + 1 : 0, 0, visit);
}

/* readdir(3) in the order of names. */
struct listing {
  DIR *folder;
  struct dirent **names;
  size_t count, next;
  struct listing *other;
};
static struct listing *listings;

static int by_entry(const void *a, const void *b) {
  return strcmp((*(struct dirent **)a)->d_name, (*(struct dirent **)b)->d_name);
}

static struct listing *listing_of(DIR *folder) {
  for (struct listing *one = listings; one; one = one->other)
    if (one->folder == folder) return one;
  struct listing *new = grown(NULL, sizeof *new);
  *new = (struct listing){.folder = folder, .other = listings};
  listings = new;
  struct dirent *found;
  while ((found = REAL("readdir", struct dirent * (*)(DIR *))(folder))) {
    new->names = grown(new->names, (new->count + 1) * sizeof *new->names);
    new->names[new->count] = grown(NULL, found->d_reclen);
    memcpy(new->names[new->count++], found, found->d_reclen);
  }
  qsort(new->names, new->count, sizeof *new->names, by_entry);
  return new;
}

struct dirent *readdir(DIR *folder) {
  struct listing *all = listing_of(folder);
  return all->next < all->count ? all->names[all->next++] : NULL;
}
struct dirent64 *readdir64(DIR *folder) { return (struct dirent64 *)readdir(folder); }

int closedir(DIR *folder) {
  for (struct listing **at = &listings; *at; at = &(*at)->other) {
    if ((*at)->folder != folder) continue;
    struct listing *gone = *at;
    *at = gone->other;
    for (size_t i = 0; i < gone->count; i++) free(gone->names[i]);
    free(gone->names);
    free(gone);
    break;
  }
  return REAL("closedir", int (*)(DIR *))(folder);
}

/* One time, and identifiers that follow from the seed, each another one. */
static long now(void) {
  const char *epoch = getenv("SOURCE_DATE_EPOCH");
  if (!epoch) fail("SOURCE_DATE_EPOCH is not set");
  return atol(epoch);
}
time_t time(time_t *to) {
  time_t seconds = now();
  if (to) *to = seconds;
  return seconds;
}
int gettimeofday(struct timeval *to, void *zone) {
  (void)zone;
  *to = (struct timeval){.tv_sec = now()};
  return 0;
}
void uuid_generate(unsigned char *to) {
  static unsigned char count;
  const char *seed = getenv("LDF_TOLD_SEED");
  if (!seed || strlen(seed) != 32) fail("LDF_TOLD_SEED is not of 32 digits");
  for (int i = 0; i < 16; i++) sscanf(seed + 2 * i, "%2hhx", &to[i]);
  to[15] += ++count;
}
long jrand48(unsigned short state[3]) {
  (void)state;
  static unsigned next = 1;
  return (int)(next = next * 1664525U + 1013904223U);
}
