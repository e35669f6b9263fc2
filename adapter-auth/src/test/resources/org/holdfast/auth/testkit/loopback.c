/*
 * Loaded before a server that has no option for it, this lets it listen on 127.0.0.1 only.
 * It needs no header and no library of C, so that a compiler alone is enough.
 */
extern void *dlsym(void *handle, const char *name);

int bind(int socket, const unsigned char *address, unsigned length) {
  int (*next)(int, const void *, unsigned) =
      (int (*)(int, const void *, unsigned))dlsym((void *)-1L /* RTLD_NEXT */, "bind");
  if (length != 16 || *(const unsigned short *)address != 2 /* AF_INET */) {
    return next(socket, address, length);
  }
  unsigned char own[16];
  for (unsigned i = 0; i < 16; i++) {
    own[i] = address[i];
  }
  own[4] = 127;
  own[5] = own[6] = 0;
  own[7] = 1;
  return next(socket, own, length);
}
