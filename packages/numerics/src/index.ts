export interface EntropyStream {
  uniform(): number;
}
