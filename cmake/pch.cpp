// The targets that own the precompiled headers need a source and, where they are programs, a beginning.
int main() {
  return 0;
}
