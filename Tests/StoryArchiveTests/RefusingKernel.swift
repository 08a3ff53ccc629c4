import Glibc
import Testing

/// Real system calls that fail as they do on a failing device: a filter (seccomp(2)) answers them for one thread,
/// and ends with it.
enum RefusingKernel {
  enum Call {
    case status, changeOwner, changeMode, list, remove

    #if arch(x86_64)
      /// fstat, newfstatat; fchown; fchmod; getdents64; unlinkat.
      var numbers: [UInt32] {
        switch self {
        case .status: [5, 262]
        case .changeOwner: [93]
        case .changeMode: [91]
        case .list: [217]
        case .remove: [263]
        }
      }
    #elseif arch(arm64)
      var numbers: [UInt32] {
        switch self {
        case .status: [80, 79]
        case .changeOwner: [55]
        case .changeMode: [52]
        case .list: [61]
        case .remove: [35]
        }
      }
    #endif
  }

  /// What `body` throws on a thread for which every such call fails with EIO.
  static func error(
    refusing call: Call, _ body: @escaping () throws -> Void
  ) throws -> (any Error)? {
    let work = Work(call, body)
    var thread = pthread_t()
    let status = pthread_create(
      &thread, nil,
      { work in
        if let work { Unmanaged<Work>.fromOpaque(work).takeUnretainedValue().run() }
        return nil
      }, Unmanaged.passUnretained(work).toOpaque())
    try #require(status == 0)
    pthread_join(thread, nil)
    try #require(work.isFiltered, "the kernel takes no filter")
    return work.error
  }

  private final class Work {
    private let call: Call
    private let body: () throws -> Void
    private(set) var isFiltered = false
    private(set) var error: (any Error)?

    init(_ call: Call, _ body: @escaping () throws -> Void) {
      self.call = call
      self.body = body
    }

    func run() {
      isFiltered = RefusingKernel.filter(call.numbers)
      guard isFiltered else { return }
      do {
        try body()
      } catch {
        self.error = error
      }
    }
  }

  /// As linux/filter.h has it.
  private struct Instruction {
    var code: UInt16
    var whenTrue: UInt8 = 0
    var whenFalse: UInt8 = 0
    var value: UInt32
  }

  private struct Program {
    var count: UInt16
    var instructions: UnsafePointer<Instruction>?
  }

  private typealias ControlProcess =
    @convention(c) (CInt, UInt, UInt, UInt, UInt) -> CInt

  private static func filter(_ numbers: [UInt32]) -> Bool {
    // prctl(2) takes any number of arguments, so that it is not to be had by its name.
    guard let symbol = dlsym(nil, "prctl") else { return false }
    let control = unsafeBitCast(symbol, to: ControlProcess.self)
    let (setNoNewPrivileges, setFilter): (CInt, CInt) = (38, 22)
    let load: UInt16 = 0x20
    let jumpIfEqual: UInt16 = 0x15
    let answer: UInt16 = 0x06
    var instructions = [Instruction(code: load, value: 0)]
    for (place, number) in numbers.enumerated() {
      let refusal = UInt8(numbers.count - place)
      instructions.append(Instruction(code: jumpIfEqual, whenTrue: refusal, value: number))
    }
    instructions.append(Instruction(code: answer, value: 0x7FFF_0000))
    instructions.append(Instruction(code: answer, value: 0x0005_0000 | UInt32(EIO)))
    guard control(setNoNewPrivileges, 1, 0, 0, 0) == 0 else { return false }
    return instructions.withUnsafeBufferPointer { instructions in
      var program = Program(
        count: UInt16(instructions.count), instructions: instructions.baseAddress)
      return withUnsafePointer(to: &program) {
        control(setFilter, 2, UInt(bitPattern: $0), 0, 0) == 0
      }
    }
  }
}
