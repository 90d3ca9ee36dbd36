;; Lines of a text that contain a literal, ASCII letters in either case where wanted.
;; 16 places are compared at once at two bytes of the literal that are rare in logs.
(module
  (memory (export "memory") 1)

  ;; needle: its bytes, then as many bytes of mask: 0x20 where a letter may be of either case (it stands in
  ;; lower case), 0 elsewhere. The text is followed by 80 readable bytes.
  ;; Writes the offset of the first hit of each line, 4 bytes each, and returns how many.
  (func (export "lines")
    (param $text i32) (param $end i32)
    (param $needle i32) (param $length i32) (param $a i32) (param $b i32)
    (param $out i32) (result i32)
    (local $p i32) (local $last i32) (local $hits i32) (local $mask i32) (local $at i32) (local $j i32)
    (local $byteA v128) (local $byteB v128) (local $caseA v128) (local $caseB v128)
    (local $m0 v128) (local $m1 v128) (local $m2 v128) (local $m3 v128)
    (local.set $byteA (i8x16.splat (i32.load8_u (i32.add (local.get $needle) (local.get $a)))))
    (local.set $byteB (i8x16.splat (i32.load8_u (i32.add (local.get $needle) (local.get $b)))))
    (local.set $caseA (i8x16.splat (i32.load8_u
      (i32.add (i32.add (local.get $needle) (local.get $length)) (local.get $a)))))
    (local.set $caseB (i8x16.splat (i32.load8_u
      (i32.add (i32.add (local.get $needle) (local.get $length)) (local.get $b)))))
    (local.set $p (local.get $text))
    (local.set $last (i32.sub (local.get $end) (local.get $length)))
    (block $done
      (loop $next
        (br_if $done (i32.gt_s (local.get $p) (local.get $last)))
        ;; 64 places without a candidate are passed over at once.
        (local.set $m0 (v128.and
          (i8x16.eq (v128.or (v128.load (i32.add (local.get $p) (local.get $a))) (local.get $caseA)) (local.get $byteA))
          (i8x16.eq (v128.or (v128.load (i32.add (local.get $p) (local.get $b))) (local.get $caseB)) (local.get $byteB))))
        (local.set $m1 (v128.and
          (i8x16.eq (v128.or (v128.load offset=16 (i32.add (local.get $p) (local.get $a))) (local.get $caseA)) (local.get $byteA))
          (i8x16.eq (v128.or (v128.load offset=16 (i32.add (local.get $p) (local.get $b))) (local.get $caseB)) (local.get $byteB))))
        (local.set $m2 (v128.and
          (i8x16.eq (v128.or (v128.load offset=32 (i32.add (local.get $p) (local.get $a))) (local.get $caseA)) (local.get $byteA))
          (i8x16.eq (v128.or (v128.load offset=32 (i32.add (local.get $p) (local.get $b))) (local.get $caseB)) (local.get $byteB))))
        (local.set $m3 (v128.and
          (i8x16.eq (v128.or (v128.load offset=48 (i32.add (local.get $p) (local.get $a))) (local.get $caseA)) (local.get $byteA))
          (i8x16.eq (v128.or (v128.load offset=48 (i32.add (local.get $p) (local.get $b))) (local.get $caseB)) (local.get $byteB))))
        (if (i32.eqz (v128.any_true (v128.or
              (v128.or (local.get $m0) (local.get $m1)) (v128.or (local.get $m2) (local.get $m3)))))
          (then
            (local.set $p (i32.add (local.get $p) (i32.const 64)))
            (br $next)))
        (local.set $mask (i8x16.bitmask (local.get $m0)))
        (if (i32.eqz (local.get $mask))
          (then
            (local.set $p (i32.add (local.get $p) (i32.const 16)))
            (local.set $mask (i8x16.bitmask (local.get $m1)))
            (if (i32.eqz (local.get $mask))
              (then
                (local.set $p (i32.add (local.get $p) (i32.const 16)))
                (local.set $mask (i8x16.bitmask (local.get $m2)))
                (if (i32.eqz (local.get $mask))
                  (then
                    (local.set $p (i32.add (local.get $p) (i32.const 16)))
                    (local.set $mask (i8x16.bitmask (local.get $m3)))))))))
        (block $sixteen
          (loop $candidate
            (br_if $sixteen (i32.eqz (local.get $mask)))
            (local.set $at (i32.add (local.get $p) (i32.ctz (local.get $mask))))
            (br_if $done (i32.gt_s (local.get $at) (local.get $last)))
            (local.set $mask (i32.and (local.get $mask) (i32.sub (local.get $mask) (i32.const 1))))
            (local.set $j (i32.const 0))
            (loop $byte
              (br_if $candidate (i32.ne
                (i32.load8_u (i32.add (local.get $needle) (local.get $j)))
                (i32.or
                  (i32.load8_u (i32.add (local.get $at) (local.get $j)))
                  (i32.load8_u (i32.add (i32.add (local.get $needle) (local.get $length)) (local.get $j))))))
              (local.set $j (i32.add (local.get $j) (i32.const 1)))
              (br_if $byte (i32.lt_s (local.get $j) (local.get $length))))
            (i32.store (i32.add (local.get $out) (i32.shl (local.get $hits) (i32.const 2)))
              (i32.sub (local.get $at) (local.get $text)))
            (local.set $hits (i32.add (local.get $hits) (i32.const 1)))
            ;; The rest of the line has nothing to add.
            (local.set $p (i32.add (local.get $at) (local.get $length)))
            (loop $feed
              (br_if $done (i32.ge_s (local.get $p) (local.get $end)))
              (local.set $mask (i8x16.bitmask
                (i8x16.eq (v128.load (local.get $p)) (i8x16.splat (i32.const 10)))))
              (if (i32.eqz (local.get $mask))
                (then
                  (local.set $p (i32.add (local.get $p) (i32.const 16)))
                  (br $feed))))
            (local.set $p (i32.add (i32.add (local.get $p) (i32.ctz (local.get $mask))) (i32.const 1)))
            (br $next)))
        (local.set $p (i32.add (local.get $p) (i32.const 16)))
        (br $next)))
    (local.get $hits)))
