//! A way to another office that loses the first answer: the call arrives and is carried out, the receipt does not come back.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{
        TcpListener, TcpStream,
        tcp::{OwnedReadHalf, OwnedWriteHalf},
    },
};

use crate::Failure;

/// The type of an HTTP/2 HEADERS frame; from a server it begins an answer.
const HEADERS: u8 = 1;

/// The way.
#[derive(Debug)]
pub struct LossyWay {
    /// Where it begins.
    pub address: String,
}

impl LossyWay {
    /// Opens a way to an address. It stays open as long as the process.
    ///
    /// # Errors
    /// When no port can be had.
    pub async fn open(to: &str) -> Result<Self, Failure> {
        let to = to.trim_start_matches("http://").to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = format!("http://{}", listener.local_addr()?);
        let lost = Arc::new(AtomicBool::new(false));
        tokio::spawn(async move {
            while let Ok((near, _)) = listener.accept().await {
                let (to, lost) = (to.clone(), lost.clone());
                tokio::spawn(async move {
                    if let Ok(far) = TcpStream::connect(to).await {
                        // An end of the connection is how this is meant to end.
                        drop(carry(near, far, &lost).await);
                    }
                });
            }
        });
        Ok(Self { address })
    }
}

async fn carry(near: TcpStream, far: TcpStream, lost: &AtomicBool) -> std::io::Result<()> {
    let (mut near_read, near_write) = near.into_split();
    let (far_read, mut far_write) = far.into_split();
    tokio::select! {
        done = tokio::io::copy(&mut near_read, &mut far_write) => done.map(|_| ()),
        done = answers(far_read, near_write, lost) => done,
    }
}

/// Passes frames on, and cuts the connection at the first answer of all.
async fn answers(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, lost: &AtomicBool) -> std::io::Result<()> {
    loop {
        let mut head = [0; 9];
        from.read_exact(&mut head).await?;
        let length = usize::from(head[0]) << 16 | usize::from(head[1]) << 8 | usize::from(head[2]);
        let mut body = vec![0; length];
        from.read_exact(&mut body).await?;
        if head[3] == HEADERS && !lost.swap(true, Ordering::SeqCst) {
            return Ok(());
        }
        to.write_all(&head).await?;
        to.write_all(&body).await?;
    }
}
