/// The format page, which every archive carries as README.md.
enum FormatPage {
  static let text = "The format page.\n"
}
